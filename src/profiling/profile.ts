import type { CpuProfiler } from './cpu-profiler.ts'
import type { AnyFunction } from './decorator-types.ts'
import { roundMs } from './log-line.ts'
import { check, checkInteger, checkKeys, checkNumber, isA } from './options.ts'
import { cutProfile, packProfile } from './packed-profile.ts'
import type { Recorder } from './recorder.ts'
import type { Subject } from './subject.ts'
import { isPlainPromise } from './timeit.ts'

export interface ProfileOptions {
  /** Name in the log; of a class, in place of the class's name. Default: `Owner.method` or the function's name. */
  readonly name?: string
  /** Time between samples in microseconds, 50 to 1,000,000. @default 1_000 */
  readonly intervalUs?: number
  /** At most one profile of this function in so many milliseconds, from 0. @default 60_000 */
  readonly everyMs?: number
  /** Profiles written by the process at most, 0 to 10,000. @default 20 */
  readonly max?: number
  /** Throws the profile away if the call took less, in milliseconds; the next one is then made a second later. @default 0 */
  readonly slowerThanMs?: number
  /** Ends the profile, not the call, after so many milliseconds, 1 to 600,000. @default 10_000 */
  readonly maxMs?: number
}

/** To start V8's profiler blocks, see docs/profiling.md: a call that was too quick is not followed by another at once. */
const RETRY_MS = 1_000

export function checkProfile(options: object): ProfileOptions {
  const given: ProfileOptions = options
  checkKeys(given, ['name', 'intervalUs', 'everyMs', 'max', 'slowerThanMs', 'maxMs'])
  check('name', given.name, 'a string', isA('string'))
  checkInteger('intervalUs', given.intervalUs, 50, 1_000_000)
  checkNumber('everyMs', given.everyMs, 0, Number.MAX_VALUE)
  checkInteger('max', given.max, 0, 10_000)
  checkNumber('slowerThanMs', given.slowerThanMs, 0, Number.MAX_VALUE)
  checkInteger('maxMs', given.maxMs, 1, 600_000)
  return given
}

/** The wrapper of `profile`. */
export function profiled(
  fn: AnyFunction,
  subject: Subject,
  options: ProfileOptions,
  recorder: Recorder,
  cpu: CpuProfiler,
): AnyFunction {
  const { intervalUs = 1_000, everyMs = 60_000, max = 20, slowerThanMs = 0, maxMs = 10_000 } = options
  let notBefore = Number.NEGATIVE_INFINITY

  return function ruddleProfile(this: unknown, ...args: unknown[]): unknown {
    if (!recorder.enabled) return Reflect.apply(fn, this, args)
    recorder.start()
    cpu.inFlight++
    if (cpu.running) cpu.overlap++
    const finish = begin(this)
    const end = (): void => {
      cpu.inFlight--
      finish?.()
    }
    let result: unknown
    try {
      result = Reflect.apply(fn, this, args)
    } catch (error) {
      end()
      throw error
    }
    if (!isPlainPromise(result)) {
      end()
      return result
    }
    return result.then(
      (value) => {
        end()
        return value
      },
      (error) => {
        end()
        throw error
      },
    )
  }

  /** Starts a profile if one is due; returns what ends it. */
  function begin(self: unknown): (() => void) | undefined {
    const due = recorder.now()
    if (due < notBefore || cpu.sent >= max) return undefined
    if (cpu.running || !cpu.start(intervalUs)) {
      recorder.skipped++
      return undefined
    }
    notBefore = due + everyMs
    const start = recorder.now() // without what V8 took, which can be more than the call does
    let cut = false
    let recorded: ReturnType<CpuProfiler['stop']>
    let overlap = 0
    const stop = (): void => {
      recorded = cpu.stop()
      overlap = cpu.overlap
    }
    const timer = setTimeout(() => {
      cut = true
      stop()
    }, maxMs).unref()

    return () => {
      clearTimeout(timer)
      const ms = recorder.now() - start
      if (!cut) stop()
      if (recorded === undefined) return
      if (ms < slowerThanMs) {
        notBefore = recorder.now() + Math.min(everyMs, RETRY_MS)
        return
      }
      const about = {
        fn: subject.nameOn(self),
        at: subject.at,
        p: cpu.sent++,
        ms: roundMs(ms),
        overlap,
        ...(cut && { cut: true as const }),
      }
      for (const piece of cutProfile(packProfile(recorded, intervalUs), about, recorder.bodyBytes)) {
        recorder.write(piece, Date.now() - ms)
      }
    }
  }
}
