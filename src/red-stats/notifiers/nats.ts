/**
 * Carries events between instances of `RedStats` through a stream of NATS JetStream.
 * The guides: [alerts of several instances](../../../docs/red-stats.md#several-instances),
 * [running them](../../../docs/operations.md#several-instances).
 * @module
 */
import { answerOf } from '../attempt.ts'
import { RedStatsError } from '../errors.ts'
import type { Cursor, Notifier } from '../notifier.ts'
import { eventsToText, requireBatch } from './broker/event-text.ts'
import { compareCursors, cursorOf, lastSeqOf } from './broker/place.ts'
import { createStreamHealth } from './broker/stream-health.ts'
import { createJetStream, type JetStream, type NatsConnection } from './nats/jet-stream.ts'
import { readRange, readStream } from './nats/read-stream.ts'

export type { NatsConnection } from './nats/jet-stream.ts'

export interface NatsNotifierOptions {
  /** Such as `nats://localhost:4222`; several are one cluster. */
  readonly servers?: string | readonly string[]
  readonly user?: string
  readonly password?: string
  readonly token?: string
  /** Instead of `servers`: a connection of `@nats-io/transport-node`. It stays yours. */
  readonly connection?: NatsConnection
  /** Instances with one name share a stream. Made if it is missing; one that exists is used as it is. Default `red-stats`. */
  readonly name?: string
  /** Bytes of the newest events that stay in the stream. Default 256 MiB. */
  readonly keepBytes?: number
  /** Servers of a cluster that hold the stream. Default 1. */
  readonly replicas?: number
  /** Milliseconds after which an answer is not waited for. Default 2,000. */
  readonly timeoutMs?: number
}

/**
 * Carries events between instances through a stream of NATS JetStream, kept in files. A batch is one message; the
 * numbers that JetStream gives have no holes, so nothing can be trimmed or deleted unnoticed. A stream that was deleted
 * and made again is another epoch.
 *
 * @throws TypeError, RangeError for wrong options
 * @example
 * ```ts
 * import { memoryStore, RedStats } from 'ruddle/red-stats'
 * import { natsNotifier } from 'ruddle/red-stats/nats'
 *
 * await using stats = new RedStats({ store: memoryStore(), notifier: natsNotifier({ servers: 'nats://localhost:4222' }) })
 * const alert = new Promise((resolve) => stats.subscribe({ minRed: 0.8 }, ({ event }) => resolve(event.imageId)))
 * await stats.record({ imageId: 'tomatoes', timestamp: 1000, clientId: 'kitchen', red: 0.85 })
 * await alert // => 'tomatoes'
 * ```
 */
export function natsNotifier(options: NatsNotifierOptions): Notifier {
  const { servers, connection, user, password, token, name = 'red-stats', ...limits } = options
  const { keepBytes = 256 * 2 ** 20, replicas = 1, timeoutMs = 2000, ...unknown } = limits
  for (const key of Object.keys(unknown)) throw new TypeError(`Unknown option \`${key}\` of natsNotifier`)
  if ((servers === undefined) === (connection === undefined)) {
    throw new TypeError('Expected either `servers` or `connection`')
  }
  if (!/^[\w-]{1,64}$/.test(name)) throw new TypeError('Expected `name` to be 1 to 64 of A-Z a-z 0-9 _ -')
  for (const [option, value] of Object.entries({ keepBytes, replicas, timeoutMs })) {
    if (!Number.isSafeInteger(value) || value < 1) {
      throw new RangeError(`Expected \`${option}\` to be an integer from 1, got ${value}`)
    }
  }

  const health = createStreamHealth()
  const login = { user, pass: password, token }
  let opening: Promise<JetStream> | undefined
  let closed = false
  let unanswered: string | undefined // key of the batch whose outcome is unknown

  function open(): Promise<JetStream> {
    if (closed) return Promise.reject(new RedStatsError('CLOSED', 'This notifier was closed'))
    opening ??= createJetStream({ servers, connection, login, name, keepBytes, replicas, timeoutMs }).catch(
      (error: unknown) => {
        opening = undefined
        throw error
      },
    )
    return answerOf('NATS', opening, timeoutMs)
  }

  return {
    kind: 'nats',
    guarantees: { delivery: 'at-least-once', replay: true, crossInstance: true },
    start: async () => {
      const { epoch, last } = await (await open()).state()
      return { epoch, head: cursorOf({ epoch, seq: lastSeqOf(last) }) }
    },
    publish: async (events, batch) => {
      requireBatch(events)
      if (events.length === 0) return []
      const publisher = Buffer.from(batch?.publisher ?? '').toString('base64url') || 'anyone'
      const key = batch === undefined ? undefined : `${publisher}/${batch.number}`
      try {
        const stream = await open()
        const message = { publisher, key, text: eventsToText(events), afterLoss: batch?.afterLoss === true }
        // JetStream forgets after two minutes what it took; its newest message of this publisher says it for ever.
        const taken = key !== undefined && key === unanswered ? await stream.newestOf(publisher) : undefined
        const { epoch, number } = taken?.key === key && taken !== undefined ? taken : await stream.publish(message)
        unanswered = undefined
        const last = lastSeqOf(number)
        health.published(last)
        return events.map((_, index): Cursor => cursorOf({ epoch, seq: last - events.length + 1 + index }))
      } catch (error) {
        unanswered = key
        health.works('publishing', false)
        throw error
      }
    },
    read: (from, { signal }) => readStream({ open, health, isClosed: () => closed }, from, signal),
    range: async (from, to, limit) => readRange(await open(), from, to, limit),
    compare: compareCursors,
    health: () => (closed ? { ...health.snapshot(), state: 'down' } : health.snapshot()),
    close: async () => {
      if (closed) return
      closed = true
      await opening?.then((stream) => stream.close()).catch(() => {})
    },
  }
}
