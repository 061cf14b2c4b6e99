import { defineStoreSuite } from './define-store-suite.ts'

defineStoreSuite('chDB, indexed', { operations: 20 })
