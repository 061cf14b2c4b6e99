import { expect, test } from 'vitest'
import { pointAt } from '../../src/profiling/analyse/cache-curve.ts'
import { TTLS_MS } from '../../src/profiling/size-ladder.ts'
import { lruHitRate, workloads } from './exact-reuse.ts'
import { curveOf } from './miss-ratio.ts'

const SEED = 20_261

test('up to 4,096 keys the curve is that of a real LRU cache, at every size', () => {
  const next = workloads(SEED)['Zipf 1.2, 500 keys']!
  const keys = Array.from({ length: 20_000 }, next)
  const sizes = curveOf(keys, SEED).sizes()
  for (const size of [1, 2, 7, 8, 16, 64, 100, 256, 512]) {
    // 100 is no step of the ladder: the point below it is
    const exact = lruHitRate(keys, size === 100 ? 96 : size)
    expect(pointAt(sizes, size).hitRate).toBeCloseTo(exact, 12)
  }
})

test('a loop hits nothing until the cache holds all of it', () => {
  const keys = Array.from({ length: 20_000 }, (_, i) => i % 1_500)
  const sizes = curveOf(keys, SEED).sizes()
  expect(pointAt(sizes, 1_408).hitRate).toBe(0)
  expect(pointAt(sizes, 1_536).hitRate).toBeCloseTo(1 - 1_500 / 20_000, 12)
})

test('beyond that it is sampled, and within 2.5 points', () => {
  const next = workloads(SEED)['Zipf 0.7, 100,000 keys']!
  const keys = Array.from({ length: 80_000 }, next)
  const sizes = curveOf(keys, SEED).sizes()
  for (const size of [256, 1_024, 4_096, 16_384, 65_536]) {
    expect(Math.abs(pointAt(sizes, size).hitRate - lruHitRate(keys, size))).toBeLessThan(0.025)
  }
})

test('the time to live is that of a cache that expires entries so long after writing them', () => {
  // each use is a millisecond after the one before
  const next = workloads(SEED)['Zipf 1.2, 500 keys']!
  const keys = Array.from({ length: 20_000 }, next)
  const ttls = curveOf(keys, SEED).ttls()
  expect(ttls.map(({ at }) => at)).toEqual(TTLS_MS)
  for (const { at, hitRate } of ttls) {
    const written = new Map<number, number>()
    let hits = 0
    keys.forEach((key, time) => {
      const since = written.get(key)
      if (since !== undefined && time - since < at) hits++
      else written.set(key, time)
    })
    expect(hitRate).toBeCloseTo(hits / keys.length, 12)
  }
})
