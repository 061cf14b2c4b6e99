import type { AsyncEdges } from './async-edges.ts'
import type { AnyFunction } from './decorator-types.ts'
import { check, checkKeys, checkNumber, isA } from './options.ts'
import type { Recorder } from './recorder.ts'
import type { Subject } from './subject.ts'
import { timedGenerator } from './timed-generator.ts'
import type { TimingRow } from './timing-row.ts'

export interface TimeitOptions {
  /** Name of the row; of a class, in place of the class's name. Default: `Owner.method` or the function's name. */
  readonly name?: string
  /** Writes a line for a call that takes at least this long, at most one a second and function. In milliseconds, from 0. */
  readonly slowMs?: number
  /**
   * Times one call in this many, from 1 to 65,536, chosen at random; `'auto'` times all of the first 10,000 calls of
   * an interval, then one in 64. Generators and profilers with `asyncEdges` time every call. @default 1
   */
  readonly sample?: number | 'auto'
}

const AUTO_FIRST = 10_000
const AUTO_STRIDE = 64
/** The time on the stack of asynchronous calls without a timed caller: all of the first in an interval, then one in … */
const SYNC_FIRST = 1_000
const SYNC_STRIDE = 8

export function checkTimeit(options: object): TimeitOptions {
  const given: TimeitOptions = options
  checkKeys(given, ['name', 'slowMs', 'sample'])
  check('name', given.name, 'a string', isA('string'))
  checkNumber('slowMs', given.slowMs, 0, Number.MAX_VALUE)
  if (given.sample !== 'auto') {
    checkNumber('sample', given.sample, 1, 65_536, "'auto' or an integer", Number.isInteger)
  }
  return given
}

/**
 * The wrapper of `timeit`. What it adds to a call is measured by `npm run bench -- profiling`; two things halved it:
 * `args` goes nowhere but into `Reflect.apply` (else it is allocated), and no closure is made in a function that
 * every call runs through (else its variables are allocated). Flame graphs leave functions named `ruddle…` out.
 */
export function timed(fn: AnyFunction, subject: Subject, options: TimeitOptions, recorder: Recorder): AnyFunction {
  const { slowMs = Number.POSITIVE_INFINITY, sample = 1 } = options
  const { stack } = recorder
  const generator = timedGenerator(fn, recorder, slowMs)
  let row: TimingRow | undefined
  let skip = 0
  let skipSync = 0
  let weight = sample === 'auto' ? 1 : sample

  function ruddleTimeit(this: unknown, ...args: unknown[]): unknown {
    if (row === undefined || !recorder.plain) return Reflect.apply(ruddleTimeitOtherwise, this, args)
    row.calls++
    const outermost = row.onStack === 0
    const outside = stack.push(row)
    const start = recorder.now()
    let result: unknown
    try {
      result = Reflect.apply(fn, this, args)
    } catch (error) {
      row.errors += weight
      const ms = recorder.now() - start
      ended(row, ms, stack.pop(row, outside, ms, weight), weight, outermost)
      throw error
    }
    if (isPlainPromise(result)) return goesOn(result, row, outside, start, weight, outermost)
    const ms = recorder.now() - start
    const children = stack.pop(row, outside, ms, weight)
    row.record(ms, ms - children, weight, outermost)
    if (ms >= slowMs) recorder.slow(row, ms)
    return result
  }

  function ruddleTimeitSampled(this: unknown, ...args: unknown[]): unknown {
    if (row === undefined || !recorder.plain) return Reflect.apply(ruddleTimeitOtherwise, this, args)
    if (skip === 0) {
      choose(row)
      return Reflect.apply(ruddleTimeit, this, args)
    }
    skip--
    row.calls++
    // a call that is not timed stands on the stack all the same, so that what it calls is not taken for its caller's
    const outside = stack.push(row)
    try {
      return Reflect.apply(fn, this, args)
    } finally {
      stack.depth = outside
      row.onStack--
    }
  }

  const wrapper = sample === 1 ? ruddleTimeit : ruddleTimeitSampled

  /** The first call, and what is rarer or slower anyway. */
  function ruddleTimeitOtherwise(this: unknown, ...args: unknown[]): unknown {
    if (!recorder.enabled) return Reflect.apply(fn, this, args)
    const known = row
    const current = known ?? recorder.timingRow(subject.nameOn(this), subject.at)
    if (current === undefined) return Reflect.apply(fn, this, args)
    if (generator === undefined) row = current
    if (known === undefined && generator === undefined && recorder.plain) return Reflect.apply(wrapper, this, args)
    current.calls++
    if (generator !== undefined) return generator(current, this, args)
    return recorder.asyncEdges
      ? ruddleTimeitFollowed(current, this, args, recorder.asyncEdges)
      : Reflect.apply(fn, this, args)
  }

  function choose(row: TimingRow): void {
    if (sample !== 'auto') skip = recorder.stride(sample)
    else if (row.timed >= AUTO_FIRST) {
      weight = AUTO_STRIDE
      skip = recorder.stride(AUTO_STRIDE)
    } else weight = 1
  }

  function ended(row: TimingRow, ms: number, children: number, stands: number, outermost: boolean): void {
    row.record(ms, ms - children, stands, outermost)
    if (ms >= slowMs) recorder.slow(row, ms)
  }

  function goesOn(
    promise: Promise<unknown>,
    row: TimingRow,
    outside: number,
    start: number,
    stands: number,
    outermost: boolean,
  ): Promise<unknown> {
    row.async += stands
    // only a caller must know the time on the stack of each call; reading the clock is a fifth of what this costs
    const syncStands = outside > 0 ? 1 : syncWeight(row)
    const ms = syncStands > 0 ? recorder.now() - start : 0
    if (syncStands > 0) row.recordSync(ms, stands * syncStands)
    const children = stack.pop(row, outside, ms, stands)
    row.enterFlight()
    // A derived promise is the only way to the end of one that leaves unhandled rejections as they were.
    return promise.then(
      (value) => {
        landed(row, start, children, stands, outermost)
        return value
      },
      (error) => {
        row.errors += stands
        landed(row, start, children, stands, outermost)
        throw error
      },
    )
  }

  /** How many calls this one stands for in the time on the stack: 0 for one that is passed over. */
  function syncWeight(row: TimingRow): number {
    if (row.async <= SYNC_FIRST) return 1
    if (skipSync > 0) {
      skipSync--
      return 0
    }
    skipSync = recorder.stride(SYNC_STRIDE)
    return SYNC_STRIDE
  }

  function landed(row: TimingRow, start: number, children: number, stands: number, outermost: boolean): void {
    row.inFlight--
    ended(row, recorder.now() - start, children, stands, outermost)
  }

  function ruddleTimeitFollowed(row: TimingRow, self: unknown, args: unknown[], edges: AsyncEdges): unknown {
    const caller = edges.caller()
    const frame = edges.frame(row)
    const { outermost } = frame
    const start = recorder.now()
    caller?.calleeStarted(start)
    const end = (): void => {
      const now = recorder.now()
      frame.done = true
      edges.leave(caller, row, start, now)
      ended(row, now - start, frame.busyUntil(now), 1, outermost)
    }
    let result: unknown
    try {
      result = edges.ruddleTimeitRun(frame, fn, self, args)
    } catch (error) {
      row.errors++
      end()
      throw error
    }
    if (!isPlainPromise(result)) {
      end()
      return result
    }
    row.async++
    row.recordSync(recorder.now() - start, 1)
    row.enterFlight()
    return result.then(
      (value) => {
        row.inFlight--
        end()
        return value
      },
      (error) => {
        row.inFlight--
        row.errors++
        end()
        throw error
      },
    )
  }

  return wrapper
}

/** A subclass may be lazy, as a thenable is: its `then` is its own business. */
export function isPlainPromise(value: unknown): value is Promise<unknown> {
  return value instanceof Promise && value.constructor === Promise
}
