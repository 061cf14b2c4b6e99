import type { Analysis } from './analyse.ts'
import type { CurvePoint } from './cache-curve.ts'
import type { CacheUse } from './cache-use.ts'
import type { Callee, FunctionTimes } from './function-times.ts'
import { duration, group, percent } from './wording.ts'

/** When a function is worth a word. Shares are from 0 to 1. */
export interface Thresholds {
  /** Slow per call: this p99 in milliseconds, and this share of the time. @default 10 and 0.05 */
  readonly slowMs?: number
  readonly share?: number
  /** Called too often: so many calls per call of the caller. @default 10 */
  readonly callsPerCall?: number
  /** Not to be cached if more than this share of the repeats had changed. @default 0.01 */
  readonly changed?: number
  /** Errors: this share of the calls. @default 0.01 */
  readonly errors?: number
  /** Blocks the event loop: p99 of the time on the stack in milliseconds. @default 50 */
  readonly blocksMs?: number
}

export type Verdict =
  | {
      readonly kind: 'cache'
      readonly size: CurvePoint
      readonly ttl: CurvePoint | undefined
      readonly savesMs: number
    }
  | { readonly kind: 'do not cache'; readonly reason: string; readonly savesMs: 0 }
  | {
      readonly kind: 'called too often'
      readonly caller: string
      readonly callsPerCall: number
      readonly savesMs: number
    }
  | { readonly kind: 'slow'; readonly p99: number; readonly savesMs: number }
  | { readonly kind: 'errors'; readonly errors: number; readonly rate: number; readonly savesMs: 0 }
  | { readonly kind: 'blocks'; readonly syncP99: number; readonly savesMs: 0 }

/** What should be done about one function. */
export interface Finding {
  readonly fn: string
  readonly at: string
  readonly times: FunctionTimes | undefined
  readonly cache: CacheUse | undefined
  /** Self time as a share of that of all functions of its kind: see `isBound`. */
  readonly share: number
  /** The self time is an upper bound, and its share that of asynchronous functions only. */
  readonly isBound: boolean
  /** Best first. */
  readonly verdicts: readonly Verdict[]
  /** What the best would save at most, in milliseconds of the time covered. */
  readonly savesMs: number
}

/** A look-up in an LRU cache: 71 to 357 ns in five libraries measured, besides the making of the key. */
const LOOKUP_MS = 0.0003
/** The smallest cache with nearly all of the saving is proposed. */
const NEARLY = 0.95

/**
 * What should be done, most saving first: the functions that pass one of the thresholds, each with why.
 *
 * @example
 * ```ts
 * import { createProfiler } from 'ruddle/profiling'
 * import { analyse, findings } from 'ruddle/profiling/analyse'
 *
 * const lines: string[] = []
 * let ms = 0 // a clock that stands still but for the work
 * const profiler = createProfiler({ sink: (line) => lines.push(`${line}\n`), now: () => ms })
 * const price = profiler.timeit('price', () => void (ms += 20))
 * profiler.timeit('order', () => price())()
 * profiler.close()
 * const [first] = findings(await analyse([lines]), { slowMs: 15 })
 * first?.fn // => 'price'
 * first?.verdicts.map(({ kind, savesMs }) => [kind, savesMs]) // => [['slow', 20]]
 * ```
 */
export function findings(
  { functions, caches }: Pick<Analysis, 'functions' | 'caches'>,
  thresholds: Thresholds = {},
): Finding[] {
  const limits = {
    slowMs: 10,
    share: 0.05,
    callsPerCall: 10,
    changed: 0.01,
    errors: 0.01,
    blocksMs: 50,
    ...thresholds,
  }
  const cacheOf = new Map(caches.map((cache) => [place(cache), cache]))
  const timed = new Set(functions.map(place))
  const timesOf = new Map(functions.map((times) => [key(times), times]))
  const onlyCached = caches.filter((cache) => !timed.has(place(cache)))
  const exactMs =
    total(functions.filter((times) => !times.selfIsBound).map(({ selfMs }) => selfMs)) +
    total(onlyCached.map(({ sumMs }) => sumMs))
  const boundMs = total(functions.filter((times) => times.selfIsBound).map(({ selfMs }) => selfMs))
  const callers = callersOf(functions)

  const found = [
    ...functions.map((times) => finding(times, times, cacheOf.get(place(times)))),
    ...onlyCached.map((cache) => finding(cache, undefined, cache)),
  ]
  return found
    .filter(({ verdicts }) => verdicts.length > 0)
    .sort((a, b) => b.savesMs - a.savesMs || b.share - a.share || (a.fn < b.fn ? -1 : 1))

  function finding(
    { fn, at }: { fn: string; at: string },
    times: FunctionTimes | undefined,
    cache: CacheUse | undefined,
  ): Finding {
    const isBound = times?.selfIsBound ?? false
    const whole = isBound ? boundMs : exactMs
    const shareOf = (ms: number) => (whole > 0 ? ms / whole : 0)
    const share = shareOf(times?.selfMs ?? cache?.sumMs ?? 0)
    const verdicts: Verdict[] = []
    if (cache) verdicts.push(cacheVerdict(cache, limits.changed, (ms) => shareOf(ms) >= limits.share))
    if (times) {
      for (const { caller, callee } of callers.get(key(times)) ?? []) {
        if (caller.calls === 0) continue // the log ends within its first call
        const callsPerCall = callee.calls / caller.calls
        if (callsPerCall < limits.callsPerCall || shareOf(callee.ms) < limits.share) continue
        const savesMs = callee.ms * (1 - 1 / callsPerCall)
        verdicts.push({ kind: 'called too often', caller: caller.fn, callsPerCall, savesMs })
      }
      if (times.p99 >= limits.slowMs && share >= limits.share) {
        verdicts.push({ kind: 'slow', p99: times.p99, savesMs: times.selfMs })
      }
      const rate = times.calls > 0 ? times.errors / times.calls : 0
      if (rate >= limits.errors) verdicts.push({ kind: 'errors', errors: times.errors, rate, savesMs: 0 })
      // whoever calls a function that blocks is blocked: the deepest is to blame
      const passedOn = times.callees.some((callee) => (timesOf.get(key(callee))?.syncP99 ?? 0) >= limits.blocksMs)
      if (times.syncP99 >= limits.blocksMs && !passedOn)
        verdicts.push({ kind: 'blocks', syncP99: times.syncP99, savesMs: 0 })
    }
    verdicts.sort((a, b) => rank(a) - rank(b) || b.savesMs - a.savesMs)
    return { fn, at, times, cache, share, isBound, verdicts, savesMs: Math.max(0, ...verdicts.map((v) => v.savesMs)) }
  }
}

/** A cache and fewer calls say what to do, "slow" only that something should be done. */
function rank({ kind }: Verdict): number {
  return ['cache', 'called too often', 'slow', 'errors', 'blocks', 'do not cache'].indexOf(kind)
}

function cacheVerdict(cache: CacheUse, changedLimit: number, worthwhile: (ms: number) => boolean): Verdict {
  const not = (reason: string): Verdict => ({ kind: 'do not cache', reason, savesMs: 0 })
  const keyed = cache.calls - cache.unkeyed
  if (keyed <= 0) return not('its arguments are too large for a key')
  const cost = keyed * LOOKUP_MS + cache.keyMs
  const largest = cache.sizes.at(-1)
  if (largest === undefined) return not('no call was repeated')
  if (cache.checked > 0 && cache.changed / cache.checked >= changedLimit) {
    const share = percent(cache.changed / cache.checked)
    return not(`${group(cache.changed)} of ${group(cache.checked)} repeats (${share}) had another result`)
  }
  const size = cache.sizes.find(({ savedMs }) => savedMs >= NEARLY * largest.savedMs) ?? largest
  const savesMs = size.savedMs - cost
  if (savesMs <= 0) return not('looking up would take longer than calling')
  if (!worthwhile(savesMs)) {
    return not(`at best ${percent(largest.hitRate)} of the calls would hit, which saves ${duration(largest.savedMs)}`)
  }
  const longest = cache.ttls.at(-1)
  const ttl = longest && cache.ttls.find(({ savedMs }) => savedMs >= NEARLY * longest.savedMs)
  return { kind: 'cache', size, ttl, savesMs }
}

function callersOf(functions: readonly FunctionTimes[]): Map<string, { caller: FunctionTimes; callee: Callee }[]> {
  const callers = new Map<string, { caller: FunctionTimes; callee: Callee }[]>()
  for (const caller of functions) {
    for (const callee of caller.callees) {
      if (key(callee) === key(caller)) continue // a recursion
      const known = callers.get(key(callee))
      if (known) known.push({ caller, callee })
      else callers.set(key(callee), [{ caller, callee }])
    }
  }
  return callers
}

function key({ fn, at }: { fn: string; at: string }): string {
  return `${fn}\n${at}`
}

/** The two decorators of one function stand in one file, but not on one line. */
function place({ fn, at }: { fn: string; at: string }): string {
  return `${fn}\n${at.replace(/:\d+$/, '')}`
}

function total(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0)
}
