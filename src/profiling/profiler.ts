import { type CacheProfileOptions, cacheProfiled, checkCacheProfile } from './cache-profile.ts'
import { CpuProfiler } from './cpu-profiler.ts'
import { decorate, type Wrappers } from './decorate.ts'
import type { Decorate } from './decorator-types.ts'
import type { PerfLine } from './log-line.ts'
import { type ProfilerOptions, resolveOptions } from './options.ts'
import { checkProfile, type ProfileOptions, profiled } from './profile.ts'
import { Recorder } from './recorder.ts'
import { checkTimeit, type TimeitOptions, timed } from './timeit.ts'

/** Three decorators that write to one log. */
export interface Profiler extends AsyncDisposable {
  readonly timeit: Decorate<TimeitOptions>
  readonly cacheProfile: Decorate<CacheProfileOptions>
  readonly profile: Decorate<ProfileOptions>
  /** Changes options; functions decorated before follow, but for `enabled: false`: they stay wrapped and are passed through. */
  configure(options: ProfilerOptions): void
  /** Writes what was recorded since the last time. */
  flush(): void
  /** The lines that `flush` would write. */
  snapshot(): readonly PerfLine[]
  /** Flushes and stops recording. */
  close(): void
}

/**
 * Makes a profiler with a log of its own, for tests and for several logs in one process; elsewhere the decorators
 * exported by `ruddle/profiling` share one.
 *
 * @throws TypeError or RangeError for an unknown or wrong option
 *
 * @example
 * ```ts
 * import { createProfiler } from 'ruddle/profiling'
 *
 * const lines: string[] = []
 * const profiler = createProfiler({ sink: (line) => lines.push(line) })
 * const double = profiler.timeit('double', (x: number) => 2 * x)
 * double(21) // => 42
 * profiler.close()
 * const { perf } = JSON.parse(lines[0]!)
 * perf.fn // => 'double'
 * perf.n // => 1
 * ```
 */
export function createProfiler(options: ProfilerOptions = {}): Profiler {
  const recorder = new Recorder(resolveOptions(options))
  const wrappers: Wrappers = new WeakMap()
  const cpu = new CpuProfiler()
  const enabled = (): boolean => recorder.enabled

  const generator = 'a function with one result'
  const profiler: Profiler = {
    timeit: decorate(
      { name: 'timeit', check: checkTimeit, wrap: (fn, subject, given) => timed(fn, subject, given, recorder) },
      wrappers,
      enabled,
    ),
    cacheProfile: decorate(
      {
        name: 'cacheProfile',
        refuses: { generator, setter: 'a function whose result could be cached' },
        check: checkCacheProfile,
        wrap: (fn, subject, given) => cacheProfiled(fn, subject, given, recorder),
      },
      wrappers,
      enabled,
    ),
    profile: decorate(
      {
        name: 'profile',
        refuses: { generator },
        check: checkProfile,
        wrap: (fn, subject, given) => profiled(fn, subject, given, recorder, cpu),
      },
      wrappers,
      enabled,
    ),
    configure(changes) {
      recorder.configure(resolveOptions(changes, recorder.options))
    },
    flush: () => recorder.flush(),
    snapshot: () => recorder.snapshot(),
    close() {
      recorder.close()
      cpu.close()
    },
    [Symbol.asyncDispose]: async () => profiler.close(),
  }
  return profiler
}
