import type { CurvePoint } from '../../../src/profiling/analyse/index.ts'
import { lruHitRate, random, SIZES, workloads } from '../../profiling/exact-reuse.ts'
import { analyse, createProfiler } from './built.ts'

const SEED = 1

/** The largest relative error of p50, p90 and p99, over four distributions of 200,000 times, through the log. */
export async function quantileErrors(): Promise<Record<string, number>> {
  const next = random(SEED)
  const normal = () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next())
  const distributions: Record<string, () => number> = {
    'log-normal': () => Math.exp(normal() * 1.5),
    exponential: () => -Math.log(1 - next()) * 3,
    uniform: () => 0.01 + next() * 100,
    'two peaks': () => (next() < 0.8 ? 0.2 + next() * 0.01 : 40 + next()),
  }
  const lines: string[] = []
  let time = 0
  const { timeit, close } = createProfiler({ sink: (line) => lines.push(`${line}\n`), now: () => time })
  const exact = Object.entries(distributions).map(([name, draw]) => {
    const work = timeit(name, (ms: number) => {
      time += ms
    })
    const values: number[] = []
    for (let i = 0; i < 200_000; i++) {
      const before = time
      work(draw())
      values.push(time - before)
    }
    values.sort((a, b) => a - b)
    return { name, at: (share: number) => values[Math.ceil(share * values.length) - 1]! }
  })
  close()
  const { functions } = await analyse([lines])
  return Object.fromEntries(
    exact.map(({ name, at }) => {
      const { p50, p90, p99 } = functions.find(({ fn }) => fn === name)!
      const errors = [p50 / at(0.5), p90 / at(0.9), p99 / at(0.99)].map((ratio) => Math.abs(ratio - 1))
      return [name, Math.max(...errors)]
    }),
  )
}

/** Largest and mean difference of the hit rate from that of a real LRU cache, in points, for each load. */
export async function curveErrors(): Promise<Record<string, { largest: number; mean: number }>> {
  const lines: string[] = []
  const { cacheProfile, close } = createProfiler({ sink: (line) => lines.push(`${line}\n`), salt: 'bench' })
  const loads = Object.entries(workloads(SEED)).map(([name, next]) => {
    const get = cacheProfile(name, (key: number) => key)
    const keys = Array.from({ length: 300_000 }, next)
    for (const key of keys) get(key)
    return { name, keys }
  })
  close()
  const { caches } = await analyse([lines])
  return Object.fromEntries(
    loads.map(({ name, keys }) => {
      const { sizes } = caches.find(({ fn }) => fn === name)!
      const errors = SIZES.map((size) => 100 * Math.abs(hitRate(sizes, size) - lruHitRate(keys, size)))
      return [
        name,
        { largest: Math.max(...errors), mean: errors.reduce((sum, error) => sum + error, 0) / errors.length },
      ]
    }),
  )
}

function hitRate(points: readonly CurvePoint[], size: number): number {
  return points.findLast(({ at }) => at <= size)?.hitRate ?? 0
}
