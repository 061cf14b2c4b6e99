import { describe, it } from 'node:test'
import { memoryStore } from '../../../src/red-stats/index.ts'
import { testStore } from '../../../src/red-stats/testing/index.ts'

testStore({ describe, it }, ({ now }) => memoryStore({ now }), { operations: 20 })
