import { AsyncLocalStorage } from 'node:async_hooks'
import type { AnyFunction } from './decorator-types.ts'
import type { TimingRow } from './timing-row.ts'

/** Farther up than this a recursion is not looked for. */
const MAX_RECURSION_SEARCH = 256

/** A call in flight. Its self time is its time less the union of its callees' intervals: those may run side by side. */
export class Frame {
  readonly row: TimingRow
  readonly #parent: Frame | undefined
  done = false
  #running = 0
  #since = 0
  #busy = 0

  constructor(row: TimingRow, parent: Frame | undefined) {
    this.row = row
    this.#parent = parent
  }

  get outermost(): boolean {
    let frame = this.#parent
    for (let up = 0; frame !== undefined && up < MAX_RECURSION_SEARCH; up++) {
      if (frame.row === this.row) return false
      frame = frame.#parent
    }
    return true
  }

  calleeStarted(at: number): void {
    if (this.#running++ === 0) this.#since = at
  }

  calleeEnded(at: number): void {
    if (--this.#running === 0) this.#busy += at - this.#since
  }

  /** Time of the callees up to now. */
  busyUntil(at: number): number {
    return this.#running > 0 ? this.#busy + at - this.#since : this.#busy
  }
}

/** Follows calls through `await`. */
export class AsyncEdges {
  readonly #storage = new AsyncLocalStorage<Frame>()

  frame(row: TimingRow): Frame {
    return new Frame(row, this.caller())
  }

  /** The call that the code now running belongs to. One that has ended is nobody's caller: else timers would chain for ever. */
  caller(): Frame | undefined {
    const frame = this.#storage.getStore()
    return frame === undefined || frame.done ? undefined : frame
  }

  ruddleTimeitRun(frame: Frame, fn: AnyFunction, self: unknown, args: unknown[]): unknown {
    return this.#storage.run(frame, Reflect.apply, fn, self, args)
  }

  /** A callee of `caller` has ended. */
  leave(caller: Frame | undefined, row: TimingRow, start: number, end: number, calls = 1): void {
    if (caller === undefined) return
    if (!caller.done) caller.calleeEnded(end)
    caller.row.called(row, calls, end - start)
  }

  close(): void {
    this.#storage.disable()
  }
}
