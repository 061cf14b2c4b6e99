import { defineStoreSuite } from './define-store-suite.ts'

// Three random sequences each: 100,000 operations in all.
defineStoreSuite('memory', 20_000)
defineStoreSuite('chDB', 2500)
defineStoreSuite('chDB, indexed', 6500)
defineStoreSuite('ClickHouse over HTTP', 1500)
defineStoreSuite('ClickHouse over HTTP, indexed', 3000)
