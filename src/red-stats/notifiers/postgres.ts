import { RedStatsError } from '../errors.ts'
import type { Cursor, Notifier } from '../notifier.ts'
import { createPostgres, type PostgresSession, type PostgresTarget } from '../postgres/session.ts'
import { eventsToText, requireBatch } from './broker/event-text.ts'
import { eventsBetween } from './broker/items-after.ts'
import { compareCursors, cursorOf, placeOf } from './broker/place.ts'
import { createStreamHealth } from './broker/stream-health.ts'
import { createOutbox } from './postgres/outbox.ts'
import { readOutbox } from './postgres/read-outbox.ts'

export interface PostgresNotifierOptions extends PostgresTarget {
  /** Instances with one name share the tables `<name>_outbox` and `<name>_stream`. Default `red_stats`. */
  readonly name?: string
  /** Milliseconds that an event stays in the table. Default an hour. */
  readonly keepMs?: number
  /** Milliseconds after which an answer is not waited for. Default 2,000. */
  readonly timeoutMs?: number
}

/** The table is trimmed at most this often by an instance that publishes. */
const trimEveryMs = 60_000

/**
 * Carries events between instances through a table of PostgreSQL (14 or later). NOTIFY, whose messages are lost while a
 * listener reconnects and are limited to 8,000 bytes, is only the wake-up. A transaction that stays open in the database
 * delays all events for as long.
 *
 * @throws TypeError, RangeError for wrong options
 * @example
 * ```ts
 * import { memoryStore, RedStats } from 'ruddle/red-stats'
 * import { postgresNotifier } from 'ruddle/red-stats/postgres'
 *
 * await using stats = new RedStats({ store: memoryStore(), notifier: postgresNotifier({ url: 'postgres://localhost:5432/alerts' }) })
 * const alert = new Promise((resolve) => stats.subscribe({ minRed: 0.8 }, ({ event }) => resolve(event.imageId)))
 * await stats.record({ imageId: 'tomatoes', timestamp: 1000, clientId: 'kitchen', red: 0.85 })
 * await alert // => 'tomatoes'
 * ```
 */
export function postgresNotifier(options: PostgresNotifierOptions): Notifier {
  const { url, pool, name = 'red_stats', keepMs = 3_600_000, timeoutMs = 2000, ...unknown } = options
  for (const key of Object.keys(unknown)) throw new TypeError(`Unknown option \`${key}\` of postgresNotifier`)
  if (!/^[a-z_][a-z0-9_]{0,40}$/.test(name)) throw new TypeError('Expected `name` to be 1 to 41 of a-z 0-9 _')
  for (const [option, value] of Object.entries({ keepMs, timeoutMs })) {
    if (!Number.isSafeInteger(value) || value < 1) {
      throw new RangeError(`Expected \`${option}\` to be an integer from 1, got ${value}`)
    }
  }

  const postgres = createPostgres(
    { ...(url === undefined ? {} : { url }), ...(pool === undefined ? {} : { pool }) },
    timeoutMs,
  )
  const outbox = createOutbox(name)
  const health = createStreamHealth()
  let own: PostgresSession | undefined
  let trimmedAt = performance.now()
  let closed = false

  function session(): PostgresSession {
    if (closed) throw new RedStatsError('CLOSED', 'This notifier was closed')
    own ??= postgres.session()
    return own
  }

  function trimSometimes(): void {
    if (performance.now() - trimmedAt < trimEveryMs) return
    trimmedAt = performance.now()
    outbox.trim(session(), keepMs).catch(() => {}) // the next time will do
  }

  return {
    kind: 'postgres',
    guarantees: { delivery: 'at-least-once', replay: true, crossInstance: true },
    start: async () => {
      const place = await outbox.head(session())
      return { epoch: place.epoch, head: cursorOf(place) }
    },
    publish: async (events, batch) => {
      requireBatch(events)
      if (events.length === 0) return []
      try {
        const { epoch, seq } = await outbox.publish(session(), {
          publisher: batch?.publisher ?? null,
          number: batch?.number ?? null,
          text: eventsToText(events),
          afterLoss: batch?.afterLoss === true,
        })
        health.published(seq)
        trimSometimes()
        return events.map((_, index): Cursor => cursorOf({ epoch, seq: seq - events.length + 1 + index }))
      } catch (error) {
        health.works('publishing', false)
        throw error
      }
    },
    read: (from, { signal }) => readOutbox({ outbox, session: postgres.session, health }, from, signal),
    range: async (from, to, limit) => {
      const [start, end] = [placeOf(from), placeOf(to)]
      if (start === undefined || start.epoch !== end?.epoch) return undefined
      const { epoch } = await outbox.head(session())
      if (epoch !== start.epoch) return undefined
      return eventsBetween(start, end, limit, async (place) => (await outbox.after(session(), place, 64)).messages)
    },
    compare: compareCursors,
    health: () => (closed ? { ...health.snapshot(), state: 'down' } : health.snapshot()),
    close: async () => {
      if (closed) return
      closed = true
      await postgres.close()
    },
  }
}
