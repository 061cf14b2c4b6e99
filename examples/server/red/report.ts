import { setTimeout as sleep } from 'node:timers/promises'
import { HttpError } from '../http-errors.ts'
import type { ImageRecord } from './image-store.ts'

/** Resolves when RED_STATS has stored the event; it may be told again. */
export type Reporter = (record: ImageRecord) => Promise<void>

/** Tells RED_STATS of an image, again and again for as long as `patienceMs`, then gives up with 503. */
export function reportTo(
  statsUrl: string,
  { token, patienceMs = 10_000 }: { readonly token?: string | undefined; readonly patienceMs?: number } = {},
): Reporter {
  const headers = {
    'content-type': 'application/json',
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
  }

  return async ({ image_id, timestamp, client_id, red }) => {
    const body = JSON.stringify({ image_id, timestamp, client_id, red })
    const deadline = performance.now() + patienceMs
    let cause: unknown
    for (let delayMs = 50; ; delayMs = Math.min(2 * delayMs, 1000)) {
      const left = deadline - performance.now()
      if (left <= 0) break
      try {
        const response = await fetch(`${statsUrl}/stats`, {
          method: 'POST',
          headers,
          body,
          signal: AbortSignal.timeout(Math.ceil(left)),
        })
        const answer = await response.text()
        if (response.ok) return
        cause = new Error(`RED_STATS answered ${response.status}: ${answer.slice(0, 500)}`)
        if (response.status < 500 && response.status !== 429) {
          throw new HttpError(502, 'REFUSED', 'RED_STATS refused the event; the log says why', { cause })
        }
      } catch (error) {
        if (error instanceof HttpError) throw error
        cause = error
      }
      await sleep(Math.min(delayMs * (0.5 + Math.random()), Math.max(0, deadline - performance.now())))
    }
    throw new HttpError(
      503,
      'UNAVAILABLE',
      'RED_STATS is out of reach; send the image again with the same Idempotency-Key',
      {
        retryAfterSeconds: 5,
        cause,
      },
    )
  }
}
