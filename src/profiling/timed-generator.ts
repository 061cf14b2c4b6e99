import type { AnyFunction } from './decorator-types.ts'
import type { Recorder } from './recorder.ts'
import type { TimingRow } from './timing-row.ts'

type Start = (row: TimingRow, self: unknown, args: unknown[]) => unknown

/**
 * For a generator function, what starts it: a call counts when the iteration ends, with the time inside only. The
 * generator stays what it is; its three methods are covered by timed ones of its own.
 */
export function timedGenerator(fn: AnyFunction, recorder: Recorder, slowMs: number): Start | undefined {
  const tag = Object.prototype.toString.call(fn)
  if (!/Generator/.test(tag)) return undefined
  const isAsync = /Async/.test(tag)
  const { stack } = recorder

  return (row, self, args) => {
    const generator: object = Reflect.apply(fn, self, args)
    const edges = recorder.asyncEdges
    const frame = edges?.frame(row)
    const outermost = frame ? frame.outermost : row.onStack === 0
    let inside = 0
    let children = 0
    let resumed = 0 // resumptions that have not settled: of an async generator there may be several at once
    let since = 0
    let over = false
    let calls = 1 // the first resumption counts as the call
    row.enterFlight()
    if (isAsync) row.async++

    function ended(failed: boolean): void {
      if (over) return
      over = true
      row.inFlight--
      if (failed) row.errors++
      if (frame) frame.done = true
      row.record(inside, inside - (frame ? frame.busyUntil(recorder.now()) : children), 1, outermost)
      if (inside >= slowMs) recorder.slow(row, inside)
    }

    function resume(method: AnyFunction, values: unknown[]): unknown {
      if (over || !recorder.enabled) return Reflect.apply(method, generator, values)
      const caller = edges?.caller()
      const outside = frame ? 0 : stack.push(row)
      const start = recorder.now()
      caller?.calleeStarted(start)
      if (resumed++ === 0) since = start
      const first = calls
      calls = 0

      const settled = (failed: boolean, done: unknown): void => {
        const now = recorder.now()
        edges?.leave(caller, row, start, now, first)
        if (--resumed === 0) inside += now - since
        if (failed || done === true) ended(failed)
      }
      const left = (): void => {
        const ms = recorder.now() - start
        if (!frame) children += stack.pop(row, outside, ms, 1, first)
        if (isAsync) row.recordSync(ms, 1)
      }

      let step: unknown
      try {
        step =
          edges && frame
            ? edges.ruddleTimeitRun(frame, method, generator, values)
            : Reflect.apply(method, generator, values)
      } catch (error) {
        left()
        settled(true, true)
        throw error
      }
      left()
      if (!(step instanceof Promise)) {
        settled(false, (step as IteratorResult<unknown>).done)
        return step
      }
      return step.then(
        (result: IteratorResult<unknown>) => {
          settled(false, result.done)
          return result
        },
        (error) => {
          settled(true, true)
          throw error
        },
      )
    }

    for (const name of ['next', 'return', 'throw']) {
      const method: AnyFunction = Reflect.get(generator, name)
      const value = (...values: unknown[]): unknown => resume(method, values)
      Object.defineProperty(generator, name, { value, writable: true, configurable: true })
    }
    return generator
  }
}
