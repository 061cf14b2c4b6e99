import { describe, it } from 'vitest'
import { memoryRegistry } from '../../../src/red-stats/index.ts'
import { testRegistry } from '../../../src/red-stats/testing/index.ts'

describe('memoryRegistry', () => {
  testRegistry({ describe, it }, ({ now, keepMs }) => memoryRegistry({ now, keepMs }))
})
