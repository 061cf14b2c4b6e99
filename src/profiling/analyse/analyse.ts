import type { CacheLine, PerfLine, TimeitLine } from '../log-line.ts'
import { CacheCurve, type CurvePoint } from './cache-curve.ts'
import { LineNumbers } from './line-numbers.ts'
import { LogError } from './log-error.ts'
import type { LogSource } from './log-source.ts'
import { type LoggedProfile, LoggedProfiles } from './logged-profiles.ts'
import { type LogHealth, type ReadOptions, readLog } from './read-log.ts'
import { TimeHistogram } from './time-histogram.ts'

/** One function with `timeit`, over all lines. Times in milliseconds. */
export interface FunctionTimes {
  readonly fn: string
  readonly at: string
  readonly calls: number
  /** Calls not made by the function itself further up; `sumMs` is their time. */
  readonly outermost: number
  readonly errors: number
  readonly asyncCalls: number
  readonly sumMs: number
  /** Time less that of timed callees. An upper bound if `selfIsBound`: asynchronous and recorded without `asyncEdges`. */
  readonly selfMs: number
  readonly selfIsBound: boolean
  readonly minMs: number
  readonly maxMs: number
  readonly mostInFlight: number
  /** Median and quantiles of a call, within 1.6 %. */
  readonly p50: number
  readonly p90: number
  readonly p99: number
  /** Quantile of the time on the stack: how long a call keeps the event loop. */
  readonly syncP99: number
  readonly callees: readonly Callee[]
}

export interface Callee {
  readonly fn: string
  readonly at: string
  readonly calls: number
  readonly ms: number
}

/** One function with `cacheProfile`, over all lines. */
export interface CacheUse {
  readonly fn: string
  readonly at: string
  readonly calls: number
  readonly errors: number
  /** Calls whose arguments were too large for a key: they are in no curve. */
  readonly unkeyed: number
  readonly sumMs: number
  /** Different keys, summed over the processes. */
  readonly keys: number
  readonly sizes: readonly CurvePoint[]
  readonly ttls: readonly CurvePoint[]
  readonly checked: number
  readonly changed: number
  readonly duplicates: number
  readonly duplicateMs: number
  readonly keyMs: number
}

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
  const timings = new Map<string, Timing>()
  const caches = new Map<string, Caching>()
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
        entry(timings, line, () => new Timing(line)).add(line)
        break
      case 'cache':
        entry(caches, line, () => new Caching(line)).add(line)
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
  if (sums.to === 0) {
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

class Timing {
  #times = new TimeHistogram()
  #syncTimes = new TimeHistogram()
  #callees = new Map<string, { fn: string; at: string; calls: number; ms: number }>()
  readonly #fn: string
  readonly #at: string
  #calls = 0
  #outermost = 0
  #errors = 0
  #async = 0
  #sum = 0
  #self = 0
  #bound = false
  #min = Number.POSITIVE_INFINITY
  #max = 0
  #mostInFlight = 0

  constructor({ fn, at }: TimeitLine) {
    this.#fn = fn
    this.#at = at
  }

  add(line: TimeitLine): void {
    this.#calls += line.n
    this.#outermost += line.outer
    this.#errors += line.err
    this.#async += line.async
    this.#sum += line.sum
    this.#self += line.self
    this.#bound ||= line.async > 0 && line.exact !== true
    if (line.timed > 0) this.#min = Math.min(this.#min, line.min)
    this.#max = Math.max(this.#max, line.max)
    this.#mostInFlight = Math.max(this.#mostInFlight, line.flight[1])
    this.#times.add(line.h, line.hb)
    if (line.hs) this.#syncTimes.add(line.hs, line.hb)
    for (const [fn, at, n, ms] of line.edges ?? []) {
      const callee = entry(this.#callees, { fn, at }, () => ({ fn, at, calls: 0, ms: 0 }))
      callee.calls += n
      callee.ms += ms
    }
  }

  result(): FunctionTimes {
    const clamp = (ms: number) => Math.min(Math.max(ms, this.#min), this.#max)
    const quantile = (share: number) => (this.#times.total > 0 ? clamp(this.#times.quantile(share)) : 0)
    return {
      fn: this.#fn,
      at: this.#at,
      calls: this.#calls,
      outermost: this.#outermost,
      errors: this.#errors,
      asyncCalls: this.#async,
      sumMs: this.#sum,
      selfMs: this.#self,
      selfIsBound: this.#bound,
      minMs: this.#times.total > 0 ? this.#min : 0,
      maxMs: this.#max,
      mostInFlight: this.#mostInFlight,
      p50: quantile(0.5),
      p90: quantile(0.9),
      p99: quantile(0.99),
      syncP99: this.#async > 0 ? Math.min(this.#syncTimes.quantile(0.99), this.#max) : quantile(0.99),
      callees: [...this.#callees.values()].sort((a, b) => b.ms - a.ms || order(a, b)),
    }
  }
}

class Caching {
  readonly #curve = new CacheCurve()
  readonly #totals: Omit<{ -readonly [Name in keyof CacheUse]: CacheUse[Name] }, 'sizes' | 'ttls'>

  constructor({ fn, at }: CacheLine) {
    this.#totals = {
      fn,
      at,
      calls: 0,
      errors: 0,
      unkeyed: 0,
      sumMs: 0,
      keys: 0,
      checked: 0,
      changed: 0,
      duplicates: 0,
      duplicateMs: 0,
      keyMs: 0,
    }
  }

  add(line: CacheLine): void {
    const totals = this.#totals
    totals.calls += line.n
    totals.errors += line.err
    totals.unkeyed += line.unkeyed
    totals.sumMs += line.sum
    totals.keys += line.keys
    totals.checked += line.checked
    totals.changed += line.changed
    totals.duplicates += line.dup[0]
    totals.duplicateMs += line.dup[1]
    totals.keyMs += line.keyMs
    this.#curve.add(line)
  }

  result(): CacheUse {
    return { ...this.#totals, sizes: this.#curve.sizes(), ttls: this.#curve.ttls() }
  }
}

interface Named {
  readonly fn: string
  readonly at: string
}

function entry<T>(map: Map<string, T>, { fn, at }: Named, make: () => T): T {
  const key = `${fn}\n${at}`
  let value = map.get(key)
  if (value === undefined) {
    value = make()
    map.set(key, value)
  }
  return value
}

function order(a: Named, b: Named): number {
  return a.fn < b.fn ? -1 : a.fn > b.fn ? 1 : a.at < b.at ? -1 : 1
}
