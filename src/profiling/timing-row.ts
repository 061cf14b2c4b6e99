import { BUCKETS, bucketOf, encodeHistogram, SUB_BUCKET_BITS } from './histogram.ts'
import { type Edge, roundMs, type TimeitLine } from './log-line.ts'

interface EdgeTotals {
  n: number
  ms: number
}

/** What `timeit` knows of one function in the current interval. */
export class TimingRow {
  readonly fn: string
  readonly at: string
  calls = 0
  outer = 0
  timed = 0
  errors = 0
  async = 0
  sum = 0.1 // a field that begins as a fraction is stored as one; set to 0 by clear()
  self = 0.1
  sync = 0.1
  min = 0.1
  max = 0.1
  inFlight = 0
  mostInFlight = 0
  /** Calls of this function on the stack now: more than one is a recursion. */
  onStack = 0
  lastSlow: number = Number.NEGATIVE_INFINITY
  slowSkipped = 0
  readonly #times = new Uint32Array(BUCKETS)
  #syncTimes: Uint32Array | undefined
  readonly #edges = new Map<TimingRow, EdgeTotals>()
  #lastCallee: TimingRow | undefined
  #lastEdge: EdgeTotals | undefined

  constructor(fn: string, at: string) {
    this.fn = fn
    this.at = at
    this.clear()
  }

  /** One timed call that stands for `weight` calls. */
  record(ms: number, self: number, weight: number, outermost: boolean): void {
    this.timed++
    if (outermost) {
      this.outer += weight
      this.sum += ms * weight
    }
    this.self += self * weight
    if (ms < this.min) this.min = ms
    if (ms > this.max) this.max = ms
    this.#times[bucketOf(ms)]! += weight
  }

  /** The time on the stack of a call that goes on after it. */
  recordSync(ms: number, weight: number): void {
    this.sync += ms * weight
    this.#syncTimes ??= new Uint32Array(BUCKETS)
    this.#syncTimes[bucketOf(ms)]! += weight
  }

  called(callee: TimingRow, calls: number, ms: number): void {
    let edge = this.#lastEdge
    if (callee !== this.#lastCallee || edge === undefined) {
      edge = this.#edges.get(callee)
      if (edge === undefined) {
        edge = { n: 0, ms: 0 }
        this.#edges.set(callee, edge)
      }
      this.#lastCallee = callee
      this.#lastEdge = edge
    }
    edge.n += calls
    edge.ms += ms
  }

  enterFlight(): void {
    if (++this.inFlight > this.mostInFlight) this.mostInFlight = this.inFlight
  }

  get idle(): boolean {
    return this.calls === 0 && this.timed === 0 && this.inFlight === 0
  }

  /** The line's own part, shortened to at most `maxBytes`: first to the callees with most time, then in resolution. */
  line(maxBytes: number, exact: boolean): Omit<TimeitLine, 'v' | 'id' | 'q' | 'tid' | 't0' | 't1'> {
    const edges = [...this.#edges]
      .filter(([, { n }]) => n > 0)
      .map(([callee, { n, ms }]): Edge => [callee.fn, callee.at, n, roundMs(ms)])
      .sort((a, b) => b[3] - a[3])
    for (let coarser = 0, most = 32; ; ) {
      const line = {
        k: 'timeit' as const,
        fn: this.fn,
        at: this.at,
        n: this.calls,
        outer: this.outer,
        timed: this.timed,
        err: this.errors,
        async: this.async,
        sum: roundMs(this.sum),
        self: roundMs(this.self),
        sync: roundMs(this.sync),
        min: this.timed === 0 ? 0 : roundMs(this.min),
        max: roundMs(this.max),
        flight: [this.inFlight, this.mostInFlight] as const,
        hb: SUB_BUCKET_BITS - coarser,
        h: encodeHistogram(this.#times, coarser),
        ...(this.async > 0 && this.#syncTimes && { hs: encodeHistogram(this.#syncTimes, coarser) }),
        ...(edges.length > 0 && { edges: edges.slice(0, most) }),
        ...(exact && { exact: true as const }),
      }
      const bytes = Buffer.byteLength(JSON.stringify(line))
      if (bytes <= maxBytes || (coarser === SUB_BUCKET_BITS && most <= 1)) return line
      if (most > 4 || coarser === SUB_BUCKET_BITS) most = Math.min(most, edges.length) >> 1
      else coarser++
    }
  }

  clear(): void {
    this.calls = this.outer = this.timed = this.errors = this.async = 0
    this.sum = this.self = this.sync = this.max = 0
    this.min = Number.POSITIVE_INFINITY
    this.mostInFlight = this.inFlight
    this.#times.fill(0)
    this.#syncTimes?.fill(0)
    for (const edge of this.#edges.values()) edge.n = edge.ms = 0
  }
}
