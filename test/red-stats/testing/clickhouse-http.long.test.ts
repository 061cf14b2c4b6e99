import { defineStoreSuite } from './define-store-suite.ts'

defineStoreSuite('ClickHouse over HTTP', { operations: 20 })
