import { setTimeout as delay } from 'node:timers/promises'
import { RedStatsError } from './errors.ts'

/**
 * Waits for a broker's answer, but not for ever: one that was stopped, or whose cable was pulled, never answers.
 * @throws RedStatsError `TIMEOUT`, `UNAVAILABLE`, each with an unknown outcome
 */
export async function answerOf<Answer>(broker: string, answer: Promise<Answer>, timeoutMs: number): Promise<Answer> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      const message = `${broker} did not answer within ${timeoutMs} ms`
      reject(new RedStatsError('TIMEOUT', message, { outcome: 'unknown' }))
    }, timeoutMs).unref()
  })
  try {
    return await Promise.race([answer, late])
  } catch (cause) {
    if (cause instanceof RedStatsError) throw cause
    const isLate = cause instanceof Error && cause.name === 'TimeoutError' // the client's own patience ended first
    const message = isLate ? `${broker} did not answer in time` : `${broker} cannot be used`
    throw new RedStatsError(isLate ? 'TIMEOUT' : 'UNAVAILABLE', message, { cause, outcome: 'unknown' })
  } finally {
    clearTimeout(timer)
  }
}

/** Waits longer after each failure in a row, up to a second; ends early when aborted. */
export async function waitAfterFailure(failures: number, signal: AbortSignal): Promise<void> {
  const ms = Math.min(1000, 20 * 2 ** Math.min(failures, 6))
  await delay(ms, undefined, { signal, ref: false }).catch(() => {})
}
