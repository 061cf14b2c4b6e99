import type { CacheProfileOptions } from './cache-profile.ts'
import type { Decorate } from './decorator-types.ts'
import type { ProfilerOptions } from './options.ts'
import type { ProfileOptions } from './profile.ts'
import { createProfiler, type Profiler } from './profiler.ts'
import type { TimeitOptions } from './timeit.ts'

/** An application may load this module twice, as ESM and as CommonJS: both copies share one profiler. */
const KEY: unique symbol = Symbol.for('ruddle.profiling.v1')

function shared(): Profiler {
  const holder = globalThis as { [KEY]?: Profiler }
  holder[KEY] ??= createProfiler()
  return holder[KEY]
}

/**
 * Times calls and adds them up in the process: one line per function and interval, never a line per call. Throwing
 * and rejecting count as errors and go on unchanged; promises are measured to their end, generators inside only.
 * `@timeit`, `@timeit()`, `@timeit({…})`, `timeit(fn)`, `timeit('name', fn)` or `timeit({…})(fn)`.
 *
 * @example
 * ```ts
 * import { timeit } from 'ruddle/profiling'
 *
 * const total = timeit('total', (prices: number[]) => prices.reduce((sum, price) => sum + price, 0))
 * total([1, 2, 3]) // => 6
 * ```
 */
export const timeit: Decorate<TimeitOptions> = shared().timeit

/**
 * Counts what a cache would have saved, for every size and time to live, without ever returning a cached value:
 * repeats, repeats whose result had changed, calls made while the same call was in flight, the cost of the key.
 *
 * @example
 * ```ts
 * import { cacheProfile } from 'ruddle/profiling'
 *
 * const square = cacheProfile('square', (x: number) => x * x)
 * square(4) + square(4) // => 32
 * ```
 */
export const cacheProfile: Decorate<CacheProfileOptions> = shared().cacheProfile

/**
 * Writes a V8 CPU profile of a call now and then (one a minute and function, 20 a process), in pieces that fit into
 * log lines. Meant for the handler of a request. The profile is of the whole thread: other work in it is counted.
 *
 * @example
 * ```ts
 * import { profile } from 'ruddle/profiling'
 *
 * const handler = profile({ slowerThanMs: 100 })(async (id: number) => `order ${id}`)
 * await handler(7) // => 'order 7'
 * ```
 */
export const profile: Decorate<ProfileOptions> = shared().profile

/**
 * Changes the options of the shared profiler, at any time.
 *
 * @throws TypeError or RangeError for an unknown or wrong option
 *
 * @example
 * ```ts
 * import { configure, flush, timeit } from 'ruddle/profiling'
 *
 * const lines: string[] = []
 * configure({ run: 'build-41', sink: (line) => lines.push(line) })
 * timeit('double', (x: number) => 2 * x)(21) // => 42
 * flush()
 * JSON.parse(lines[0]!).perf.run // => 'build-41'
 * ```
 */
export function configure(options: ProfilerOptions): void {
  shared().configure(options)
}

/**
 * Writes what the shared profiler has recorded: call it before the process ends by a signal.
 *
 * @example
 * ```ts
 * import { configure, flush, timeit } from 'ruddle/profiling'
 *
 * const lines: string[] = []
 * configure({ sink: (line) => lines.push(line) })
 * timeit('half', (x: number) => x / 2)(42) // => 21
 * lines.length // => 0
 * flush()
 * lines.some((line) => JSON.parse(line).perf.fn === 'half') // => true
 * ```
 */
export function flush(): void {
  shared().flush()
}
