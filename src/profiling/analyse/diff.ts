import type { Analysis } from './analyse.ts'
import type { FunctionTimes } from './function-times.ts'
import { textTable } from './report-text.ts'
import { duration, group, percent } from './wording.ts'

/** One function before and after. What is per request is per call of the functions that no timed function calls. */
export interface FunctionChange {
  readonly fn: string
  readonly before: PerRequest | undefined
  readonly after: PerRequest | undefined
  /** Change of the self time per request, in milliseconds: negative is quicker. */
  readonly selfMs: number
}

export interface PerRequest {
  readonly calls: number
  readonly selfMs: number
  readonly p99: number
  readonly errors: number
}

export interface Diff {
  readonly requests: { readonly before: number; readonly after: number }
  /** Self time of all functions, per request. */
  readonly selfMs: { readonly before: number; readonly after: number }
  /** Largest change first. */
  readonly functions: readonly FunctionChange[]
}

/**
 * What a deploy changed. Loads differ, so times are put in proportion to the requests: the calls that no timed function
 * made. Functions are matched by name alone: lines and files change.
 *
 * @example
 * ```ts
 * import { createProfiler } from 'ruddle/profiling'
 * import { analyse, diff } from 'ruddle/profiling/analyse'
 *
 * async function deploy(orderMs: number) {
 *   const lines: string[] = []
 *   let ms = 0 // a clock that stands still but for the work
 *   const profiler = createProfiler({ sink: (line) => lines.push(`${line}\n`), now: () => ms })
 *   profiler.timeit('order', () => void (ms += orderMs))()
 *   profiler.close()
 *   return analyse([lines])
 * }
 * diff(await deploy(40), await deploy(10)).selfMs // => { before: 40, after: 10 }
 * ```
 */
export function diff(before: Pick<Analysis, 'functions'>, after: Pick<Analysis, 'functions'>): Diff {
  const requests = { before: requestsOf(before.functions), after: requestsOf(after.functions) }
  const old = merged(before.functions, requests.before)
  const now = merged(after.functions, requests.after)
  const functions = [...new Set([...old.keys(), ...now.keys()])]
    .map((fn): FunctionChange => {
      const was = old.get(fn)
      const is = now.get(fn)
      const selfMs = (is?.selfMs ?? 0) - (was?.selfMs ?? 0)
      return { fn, before: was, after: is, selfMs }
    })
    .sort((a, b) => Math.abs(b.selfMs) - Math.abs(a.selfMs) || (a.fn < b.fn ? -1 : 1))
  const sum = (changes: Map<string, PerRequest>) => [...changes.values()].reduce((ms, { selfMs }) => ms + selfMs, 0)
  return { requests, selfMs: { before: sum(old), after: sum(now) }, functions }
}

/**
 * The difference as text: what a request took and takes, then a table of the functions, the largest change first.
 *
 * @example
 * ```ts
 * import { formatDiff } from 'ruddle/profiling/analyse'
 *
 * // what `diff` gives
 * const before = { calls: 1, selfMs: 40, p99: 40, errors: 0 }
 * const order = { fn: 'order', before, after: { ...before, selfMs: 10, p99: 10 }, selfMs: -30 }
 * const change = { requests: { before: 80, after: 80 }, selfMs: { before: 40, after: 10 }, functions: [order] }
 * formatDiff(change).split('\n')[0] // => 'A request took 40.0 ms of self time and takes 10.0 ms: 75 % less.'
 * ```
 */
export function formatDiff({ requests, selfMs, functions }: Diff): string {
  const rows = functions.map(({ fn, before, after, selfMs: change }) => [
    fn,
    before ? duration(before.selfMs) : 'new',
    after ? duration(after.selfMs) : 'gone',
    signed(change),
    before ? rate(before.calls) : '',
    after ? rate(after.calls) : '',
    before ? duration(before.p99) : '',
    after ? duration(after.p99) : '',
    '',
  ])
  return [
    `A request took ${duration(selfMs.before)} of self time and takes ${duration(selfMs.after)}: ${changeOf(selfMs.before, selfMs.after)}.`,
    `${group(requests.before)} requests before, ${group(requests.after)} after; the times are per request.`,
    '',
    ...textTable(
      ['function', 'self before', 'after', 'change', 'calls before', 'after', 'p99 before', 'after', ''],
      rows,
    ),
  ].join('\n')
}

function changeOf(before: number, after: number): string {
  if (before === 0) return 'nothing to compare with'
  const share = Math.abs(after - before) / before
  return share < 0.005 ? 'no change' : `${percent(share)} ${after < before ? 'less' : 'more'}`
}

function requestsOf(functions: readonly FunctionTimes[]): number {
  const called = new Set(
    functions.flatMap((caller) => caller.callees.filter((callee) => callee.fn !== caller.fn).map(({ fn }) => fn)),
  )
  const outside = functions.filter((times) => !called.has(times.fn))
  return (outside.length > 0 ? outside : functions).reduce((sum, { outermost }) => sum + outermost, 0)
}

function merged(functions: readonly FunctionTimes[], requests: number): Map<string, PerRequest> {
  const result = new Map<string, PerRequest>()
  const per = requests > 0 ? 1 / requests : 0
  for (const times of functions) {
    const known = result.get(times.fn) ?? { calls: 0, selfMs: 0, p99: 0, errors: 0 }
    result.set(times.fn, {
      calls: known.calls + times.calls * per,
      selfMs: known.selfMs + times.selfMs * per,
      p99: Math.max(known.p99, times.p99),
      errors: known.errors + times.errors * per,
    })
  }
  return result
}

function signed(ms: number): string {
  return ms === 0 ? '0' : `${ms < 0 ? '−' : '+'}${duration(Math.abs(ms))}`
}

function rate(value: number): string {
  return value >= 100 ? group(value) : value.toFixed(2).replace(/\.?0+$/, '')
}
