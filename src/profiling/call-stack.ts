import type { TimingRow } from './timing-row.ts'

/**
 * The timed functions on the stack: who called whom, and how much of a caller's time its callees took. Two arrays
 * instead of an object a call: that is a tenth of what a timed call costs.
 */
export class CallStack {
  depth = 0
  readonly rows: (TimingRow | undefined)[] = [undefined]
  /** Time of the timed callees of each call on the stack. Place 0 belongs to no call. */
  readonly childMs: number[] = [0.5]

  /** Returns the depth to restore: a caller that restores its own also mends what a stack overflow left behind. */
  push(row: TimingRow): number {
    const outside = this.depth
    const depth = outside + 1
    this.depth = depth
    this.rows[depth] = row
    this.childMs[depth] = 0
    row.onStack++
    return outside
  }

  /** Ends a call that took `ms` on the stack and stands for `weight` calls; returns the part that its callees took. */
  pop(row: TimingRow, outside: number, ms: number, weight: number, calls: number = weight): number {
    this.depth = outside
    row.onStack--
    const caller = this.rows[outside]
    if (outside > 0 && caller !== undefined) {
      this.childMs[outside]! += ms * weight
      caller.called(row, calls, ms * weight)
    }
    return this.childMs[outside + 1]!
  }
}
