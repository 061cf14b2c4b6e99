import { setTimeout as sleep } from 'node:timers/promises'

/** A connection that is to be told that its server stops. */
export interface Leaving {
  /** Tells it to come back elsewhere after so many milliseconds. */
  goAway(retryAfterMs: number): void
  /** Says goodbye; resolves when the connection has ended. */
  close(): Promise<void>
}

/** No more than this many connections are closed in a millisecond, however short the drain time. */
const perMs = 10

/**
 * Tells every connection to go, each with a time of its own, then closes them one after the other over `drainMs`, so
 * that the instances they go to are not all asked at once. A few are closed at once.
 */
export async function drain(
  connections: readonly Leaving[],
  { drainMs, random = Math.random }: { drainMs: number; random?: () => number },
): Promise<void> {
  for (const connection of connections) connection.goAway(Math.round(random() * drainMs))
  const pauseMs = 10
  const patient = drainMs > 0 && connections.length > perMs
  const share = patient ? Math.max(perMs, Math.ceil((connections.length * pauseMs) / drainMs)) : connections.length
  const closing: Promise<void>[] = []
  for (let first = 0; first < connections.length; first += share) {
    if (first > 0) await sleep(pauseMs)
    for (const connection of connections.slice(first, first + share)) closing.push(connection.close())
  }
  await Promise.all(closing)
}
