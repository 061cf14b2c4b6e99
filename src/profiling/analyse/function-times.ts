import type { TimeitLine } from '../log-line.ts'
import { entry, order } from './by-function.ts'
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

/** Adds up the lines of one function. */
export class FunctionTotals {
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
