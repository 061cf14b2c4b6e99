import type { PerfLine } from '../log-line.ts'
import { entry, order } from './by-function.ts'
import { CacheTotals, type CacheUse } from './cache-use.ts'
import { type FunctionTimes, FunctionTotals } from './function-times.ts'
import { LineNumbers } from './line-numbers.ts'
import { LogError } from './log-error.ts'
import type { LogSource } from './log-source.ts'
import { type LoggedProfile, LoggedProfiles } from './logged-profiles.ts'
import { type LogHealth, type ReadOptions, readLog } from './read-log.ts'

export interface SlowCalls {
  readonly fn: string
  readonly at: string
  readonly calls: number
  readonly maxMs: number
}

/** Everything that logs say, added up. Lists are sorted and the same for the same lines. */
export interface Analysis {
  readonly functions: readonly FunctionTimes[]
  readonly caches: readonly CacheUse[]
  readonly profiles: readonly LoggedProfile[]
  readonly slowCalls: readonly SlowCalls[]
  readonly log: LogHealth & {
    /** Lines that never came, and lines that came twice and were counted once. */
    readonly lost: number
    readonly doubled: number
    /** What the profilers themselves report: functions beyond the limit, lines that the sink did not take. */
    readonly dropped: number
    readonly unwritten: number
    readonly processes: number
    readonly runs: readonly string[]
    /** First and last moment covered, since the epoch. */
    readonly from: number
    readonly to: number
    readonly cpuMs: number
  }
}

/**
 * Reads logs and adds up what they say.
 *
 * @throws LogError with code `NO_LINES` if there is no profiling line in them
 *
 * @example
 * ```ts
 * import { createProfiler } from 'ruddle/profiling'
 * import { analyse } from 'ruddle/profiling/analyse'
 *
 * const lines: string[] = []
 * const { timeit, close } = createProfiler({ sink: (line) => lines.push(`${line}\n`) })
 * const add = timeit('add', (a: number, b: number) => a + b)
 * add(1, 2)
 * add(3, 4)
 * close()
 * const { functions } = await analyse([lines])
 * functions.map(({ fn, calls }) => [fn, calls]) // => [['add', 2]]
 * ```
 */
export async function analyse(sources: readonly LogSource[], options: ReadOptions = {}): Promise<Analysis> {
  const health: LogHealth = { lines: 0, perfLines: 0, invalid: 0, damaged: [] }
  const numbers = new LineNumbers()
  const timings = new Map<string, FunctionTotals>()
  const caches = new Map<string, CacheTotals>()
  const slow = new Map<string, { fn: string; at: string; calls: number; maxMs: number }>()
  const profiles = new LoggedProfiles()
  const runs = new Set<string>()
  const sums = { doubled: 0, dropped: 0, unwritten: 0, from: Number.POSITIVE_INFINITY, to: 0, cpuMs: 0 }

  function take(line: PerfLine): void {
    if (line.run !== undefined) runs.add(line.run)
    sums.from = Math.min(sums.from, line.t0)
    sums.to = Math.max(sums.to, line.t1)
    switch (line.k) {
      case 'timeit':
        entry(timings, line, () => new FunctionTotals(line)).add(line)
        break
      case 'cache':
        entry(caches, line, () => new CacheTotals(line)).add(line)
        break
      case 'cpu':
        profiles.add(line)
        break
      case 'slow': {
        const calls = entry(slow, line, () => ({ fn: line.fn, at: line.at, calls: 0, maxMs: 0 }))
        calls.calls += 1 + line.skipped
        calls.maxMs = Math.max(calls.maxMs, line.ms)
        break
      }
      case 'process':
        sums.dropped += line.dropped
        sums.unwritten += line.lost
        sums.cpuMs += line.cpu
    }
  }

  for await (const line of readLog(sources, health, options)) {
    if (numbers.add(line.id, line.q)) take(line)
    else sums.doubled++
  }
  if (health.perfLines === 0) {
    throw new LogError('NO_LINES', `no profiling lines found (0 of ${health.lines} lines)`)
  }
  if (numbers.processes === 0) {
    throw new LogError(
      'NO_LINES',
      `no profiling lines of run ${options.run} found (0 of ${health.perfLines} profiling lines)`,
    )
  }
  const bySelf = (a: FunctionTimes, b: FunctionTimes) => b.selfMs - a.selfMs || order(a, b)
  return {
    functions: [...timings.values()].map((timing) => timing.result()).sort(bySelf),
    caches: [...caches.values()].map((caching) => caching.result()).sort((a, b) => b.sumMs - a.sumMs || order(a, b)),
    profiles: profiles.list(),
    slowCalls: [...slow.values()].sort((a, b) => b.maxMs - a.maxMs || order(a, b)),
    log: { ...health, ...sums, lost: numbers.lost, processes: numbers.processes, runs: [...runs].sort() },
  }
}
