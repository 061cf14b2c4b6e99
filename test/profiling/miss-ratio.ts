import { CacheCurve, pointAt } from '../../src/profiling/analyse/cache-curve.ts'
import { CacheRow } from '../../src/profiling/cache-row.ts'
import type { CacheLine } from '../../src/profiling/index.ts'
import { createHash } from '../../src/profiling/key-hash.ts'
import type { Use } from '../../src/profiling/reuse-curve.ts'
import { lruHitRate, SIZES, workloads } from './exact-reuse.ts'

/** The largest and mean difference, in percentage points, of the curve from a real LRU cache's hit rate, per load. */
export function curveErrors(calls: number, seed: number): Record<string, { largest: number; mean: number }> {
  return Object.fromEntries(
    Object.entries(workloads(seed)).map(([name, next]) => {
      const keys = Array.from({ length: calls }, next)
      const sizes = curveOf(keys, seed).sizes()
      const errors = SIZES.map((size) => 100 * Math.abs(pointAt(sizes, size).hitRate - lruHitRate(keys, size)))
      return [
        name,
        { largest: Math.max(...errors), mean: errors.reduce((sum, error) => sum + error, 0) / errors.length },
      ]
    }),
  )
}

/** The curve of a sequence of keys, through lines of the log. */
export function curveOf(keys: readonly number[], seed: number): CacheCurve {
  const hash = createHash(seed, seed ^ 0x5bd1e995)
  const row = new CacheRow('fn', 'at')
  const curve = new CacheCurve()
  keys.forEach((key, i) => {
    const use: Use = { near: -1, tail: -2, sampled: false, weight: 1, ttls: 0 }
    row.curve.use(hash([key]), i, use)
    row.calls++
    row.record(use, 1, false)
    if (i % 50_000 === 49_999) {
      curve.add(row.line(7_500) as CacheLine)
      row.clear()
    }
  })
  curve.add(row.line(7_500) as CacheLine)
  return curve
}
