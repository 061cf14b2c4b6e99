import { defineStoreSuite } from './define-store-suite.ts'

defineStoreSuite('chDB', { operations: 20 })
