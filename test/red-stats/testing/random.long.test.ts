import { defineStoreSuite } from './define-store-suite.ts'

const seeds = (count: number): number[] => Array.from({ length: count }, (_, index) => 100 + index)

// 100,000 random operations in all; the longest sequences pass the size at which the index seals a segment.
defineStoreSuite('memory', { operations: 4000, seeds: seeds(10) })
defineStoreSuite('chDB', { operations: 600, seeds: seeds(15) })
defineStoreSuite('chDB, indexed', { operations: 3000, seeds: seeds(10) })
defineStoreSuite('ClickHouse over HTTP', { operations: 500, seeds: seeds(12) })
defineStoreSuite('ClickHouse over HTTP, indexed', { operations: 1000, seeds: seeds(15) })
