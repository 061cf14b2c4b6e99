/** The version of the schema below; a reader skips lines of a version it does not know. */
export const SCHEMA_VERSION = 1

/** What every line of the profiler carries under the key `perf`. All times are milliseconds. */
export interface LineHead {
  readonly v: typeof SCHEMA_VERSION
  /** 64 random bits in hexadecimal, drawn once per process and thread: a container's pid comes again after a restart. */
  readonly id: string
  /** Sequence number of the line within `id`, from 0: a gap is a lost line, a repeat is a doubled one. */
  readonly q: number
  /** Thread: 0 is the main thread. */
  readonly tid: number
  /** The deploy, from the option `run`. */
  readonly run?: string
  /** Start and end of the interval that the line covers, since the epoch. Counts and sums are those of the interval. */
  readonly t0: number
  readonly t1: number
}

/** The function that a line is about. */
export interface FunctionHead {
  /** `Owner.method`, or the name of the function. */
  readonly fn: string
  /** `file:line` of the decoration; empty if unknown. */
  readonly at: string
}

/** One function in one interval, from `timeit`. With sampling, all but `n` and `timed` are estimates of the whole. */
export interface TimeitLine extends LineHead, FunctionHead {
  readonly k: 'timeit'
  /** Calls; of those, calls that were not made by the function itself further up; calls that were timed. */
  readonly n: number
  readonly outer: number
  readonly timed: number
  /** Calls that threw or rejected. */
  readonly err: number
  /** Calls that returned a promise or were an async generator. */
  readonly async: number
  /** Time of the outermost calls, from the call to the result. */
  readonly sum: number
  /** Time less that of the timed functions called; of asynchronous calls an upper bound unless `exact`. */
  readonly self: number
  /** Asynchronous calls: time on the stack, until they returned their promise; sampled beyond 1,000 in an interval. */
  readonly sync: number
  readonly min: number
  readonly max: number
  /** Calls in flight: now, and at most in the interval. */
  readonly flight: readonly [now: number, most: number]
  /** Sub-buckets an octave of the histograms as a power of two: 5 unless the line had to be made shorter. */
  readonly hb: number
  /** Histogram of the times of calls: bucket, count, distance to the next bucket, count, … See `histogram.ts`. */
  readonly h: readonly number[]
  /** Histogram of the times on the stack, where calls were asynchronous. */
  readonly hs?: readonly number[]
  /** Timed functions called: `fn`, `at`, calls, time (on the stack only, unless `exact`). */
  readonly edges?: readonly Edge[]
  /** Present with `asyncEdges`: `self` and `edges` of asynchronous calls are exact. */
  readonly exact?: true
}

export type Edge = readonly [fn: string, at: string, n: number, ms: number]

/** One call of a function with `slowMs` that took at least as long. */
export interface SlowLine extends LineHead, FunctionHead {
  readonly k: 'slow'
  readonly ms: number
  /** Slow calls since the last such line that got none. */
  readonly skipped: number
}

/** One function in one interval, from `cacheProfile`. */
export interface CacheLine extends LineHead, FunctionHead {
  readonly k: 'cache'
  /** Calls; of those, calls that failed (they are in no curve), and calls whose arguments were too large for a key. */
  readonly n: number
  readonly err: number
  readonly unkeyed: number
  /** Time of the keyed calls, without the time in calls of the same function. */
  readonly sum: number
  /** Keys seen for the first time (sampled beyond 4,096 keys). */
  readonly keys: number
  /** Exact reuse distances: step in the ladder of sizes, hits, time of those calls; the steps as differences. */
  readonly near: readonly number[]
  /** Calls that no exact distance is known of: how many, their time. */
  readonly far: readonly [n: number, ms: number]
  /** Sampled reuse distances of those, in the form of `near`, weighted; and sampled first uses: weight, time. */
  readonly tail: readonly number[]
  readonly cold: readonly [n: number, ms: number]
  /** Hits and their time for every time to live of `TTLS_MS`, of the calls sampled: weight and time in `ttlOf`. */
  readonly ttl: readonly number[]
  readonly ttlOf: readonly [n: number, ms: number]
  /** Repeats whose result was compared with that of the call before, and those that differed. */
  readonly checked: number
  readonly changed: number
  /** Calls that began while one with the same key was in flight, and their time. */
  readonly dup: readonly [n: number, ms: number]
  /** Time spent on making keys. */
  readonly keyMs: number
}

/** A piece of a CPU profile. */
export interface CpuLine extends LineHead, FunctionHead {
  readonly k: 'cpu'
  /** Which profile of `id`, piece `i` of `of`, CRC-32 of `d`. */
  readonly p: number
  readonly i: number
  readonly of: number
  readonly crc: number
  /** Base64 of the gzip of a {@link PackedProfile}. */
  readonly d: string
  /** Duration of the call. */
  readonly ms: number
  /** Other calls of profiled functions while it ran: their work is in the profile as well. */
  readonly overlap: number
  /** The profile was ended before the call was. */
  readonly cut?: true
  /** In the first piece: the functions with the most self time, `name`, `file:line`, milliseconds. */
  readonly top?: readonly (readonly [name: string, at: string, ms: number])[]
}

/** A CPU profile without what can be computed again. */
export interface PackedProfile {
  /** Names and files that `nodes` refers to. */
  readonly strings: readonly string[]
  /** Per node: parent (-1 for the root), name, file, line, column. */
  readonly nodes: readonly (readonly [parent: number, name: number, url: number, line: number, column: number])[]
  /** Index of the node of each sample, less that of the sample before. */
  readonly samples: readonly number[]
  /** Time to each sample from the one before, in `unitUs`. */
  readonly deltas: readonly number[]
  readonly unitUs: number
}

/** The process in one interval. */
export interface ProcessLine extends LineHead {
  readonly k: 'process'
  /** CPU time, share of the time that the event loop was busy (0 to 1), resident memory in bytes. */
  readonly cpu: number
  readonly elu: number
  readonly rss: number
  /** Functions beyond `maxFunctions`, lines that the sink did not take, calls that `profile` passed over. */
  readonly dropped: number
  readonly lost: number
  readonly skipped: number
}

export type PerfLine = TimeitLine | SlowLine | CacheLine | CpuLine | ProcessLine

/** Names must neither break a line (or a terminal) nor fill it. */
export function cleanName(name: string): string {
  const short = name.length <= 120 ? name : `${name.slice(0, 119)}…`
  return short.replace(/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu, '\uFFFD')
}

/** Milliseconds to the nanosecond: more digits are noise. */
export function roundMs(ms: number): number {
  return Math.round(ms * 1e6) / 1e6
}
