import { setImmediate as nextTurn } from 'node:timers/promises'

const sliceMs = 4

/**
 * Does work that yields often, a few milliseconds at a time, so that others get their turn.
 * @param turns.ref Whether the work holds the process.
 */
export async function inTurns<Result>(work: Generator<void, Result>, turns: { ref: boolean }): Promise<Result> {
  for (let until = performance.now() + sliceMs; ; ) {
    const { done, value } = work.next()
    if (done === true) return value
    if (performance.now() < until) continue
    await nextTurn(undefined, turns)
    until = performance.now() + sliceMs
  }
}
