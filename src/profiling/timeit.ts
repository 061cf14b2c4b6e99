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

/** The wrapper of `timeit`. This is the hot path: what it adds to a call is measured by `npm run bench -- profiling`. */
export function timed(fn: AnyFunction, subject: Subject, options: TimeitOptions, recorder: Recorder): AnyFunction {
  const { slowMs = Number.POSITIVE_INFINITY, sample = 1 } = options
  const { stack } = recorder
  const generator = timedGenerator(fn, recorder, slowMs)
  let row: TimingRow | undefined
  let skip = 0
  let weight = sample === 'auto' ? 1 : sample

  return function (this: unknown, ...args: unknown[]): unknown {
    const current = row ?? first(this)
    if (current === undefined || !recorder.enabled) return Reflect.apply(fn, this, args)
    current.calls++
    if (generator !== undefined) return generator(current, this, args)
    if (recorder.asyncEdges !== undefined) return followed(current, this, args, recorder.asyncEdges)
    if (sample !== 1) {
      if (skip > 0) {
        skip--
        return passed(current, this, args)
      }
      choose(current)
    }
    const outermost = current.onStack === 0
    const outside = stack.push(current)
    const start = recorder.now()
    let result: unknown
    try {
      result = Reflect.apply(fn, this, args)
    } catch (error) {
      const ms = recorder.now() - start
      current.errors += weight
      ended(current, ms, stack.pop(current, outside, ms, weight), weight, outermost)
      throw error
    }
    const ms = recorder.now() - start
    const children = stack.pop(current, outside, ms, weight)
    if (isPlainPromise(result)) {
      current.async += weight
      current.recordSync(ms, weight)
      const stands = weight // it may have changed when the promise settles
      return settling(
        result,
        current,
        () => ended(current, recorder.now() - start, children, stands, outermost),
        stands,
      )
    }
    ended(current, ms, children, weight, outermost)
    return result
  }

  function first(self: unknown): TimingRow | undefined {
    if (!recorder.enabled) return undefined
    row = recorder.timingRow(subject.nameOn(self), subject.at)
    return row
  }

  function choose(row: TimingRow): void {
    if (sample !== 'auto') skip = recorder.stride(sample)
    else if (row.timed >= AUTO_FIRST) {
      weight = AUTO_STRIDE
      skip = recorder.stride(AUTO_STRIDE)
    } else weight = 1
  }

  /** A call that is not timed stands on the stack all the same, so that what it calls is not taken for its caller's. */
  function passed(row: TimingRow, self: unknown, args: unknown[]): unknown {
    const outside = stack.push(row)
    try {
      return Reflect.apply(fn, self, args)
    } finally {
      stack.depth = outside
      row.onStack--
    }
  }

  function ended(row: TimingRow, ms: number, children: number, stands: number, outermost: boolean): void {
    row.record(ms, ms - children, stands, outermost)
    if (ms >= slowMs) recorder.slow(row, ms)
  }

  function followed(row: TimingRow, self: unknown, args: unknown[], edges: AsyncEdges): unknown {
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
      result = edges.run(frame, fn, self, args)
    } catch (error) {
      row.errors++
      end()
      throw error
    }
    if (isPlainPromise(result)) {
      row.async++
      row.recordSync(recorder.now() - start, 1)
      return settling(result, row, end, 1)
    }
    end()
    return result
  }
}

/** A subclass may be lazy, as a thenable is: its `then` is its own business. */
export function isPlainPromise(value: unknown): value is Promise<unknown> {
  return value instanceof Promise && value.constructor === Promise
}

/** A derived promise is the only way to the end of one that leaves unhandled rejections as they were. */
function settling(promise: Promise<unknown>, row: TimingRow, end: () => void, stands: number): Promise<unknown> {
  row.enterFlight()
  return promise.then(
    (value) => {
      row.inFlight--
      end()
      return value
    },
    (error) => {
      row.inFlight--
      row.errors += stands
      end()
      throw error
    },
  )
}
