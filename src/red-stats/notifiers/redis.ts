/**
 * Carries events between instances of `RedStats` through a stream of Redis or Valkey.
 * The guides: [alerts of several instances](../../../docs/red-stats.md#several-instances),
 * [running them](../../../docs/operations.md#several-instances).
 * @module
 */
import { RedStatsError } from '../errors.ts'
import { loadPeer } from '../missing-peer.ts'
import type { Cursor, Notifier } from '../notifier.ts'
import { eventsToText, requireBatch } from './broker/event-text.ts'
import { compareCursors, cursorOf, type Place, placeOf } from './broker/place.ts'
import { createStreamHealth } from './broker/stream-health.ts'
import { createRedisConnection, isReply, type RedisClient, type RedisConnection } from './redis/connection.ts'
import { readRange, readStream } from './redis/read-stream.ts'
import { publishScript, type Script, stateScript } from './redis/scripts.ts'

export type { IoRedisClient, NodeRedisClient, RedisClient } from './redis/connection.ts'

export interface RedisNotifierOptions {
  /** Such as `redis://user:password@host:6379/0`. Needs the package `redis`. */
  readonly url?: string
  /** Instead of `url`: a client of `redis`, `ioredis` or `iovalkey` whose settings are taken over. It stays yours. */
  readonly client?: RedisClient
  /** Instances with one name share a stream. Default `red-stats`. */
  readonly name?: string
  /** About how many of the newest events stay in the stream, at some 100 bytes each. Default 1,000,000. */
  readonly keepEvents?: number
  /** Milliseconds after which an answer is not waited for. Default 2,000. */
  readonly timeoutMs?: number
}

/**
 * Carries events between instances through a stream of Redis (6.2 or later) or Valkey.
 *
 * A batch is one entry, whose id holds the position of its last event; positions have no holes, so nothing can be
 * trimmed or deleted unnoticed. When Redis was restarted, or a replica took over, writes may be lost: then a new epoch
 * begins, and readers are told.
 *
 * @throws TypeError, RangeError for wrong options
 * @example
 * ```ts
 * import { memoryStore, RedStats } from 'ruddle/red-stats'
 * import { redisNotifier } from 'ruddle/red-stats/redis'
 *
 * await using stats = new RedStats({ store: memoryStore(), notifier: redisNotifier({ url: 'redis://localhost:6379' }) })
 * const alert = new Promise((resolve) => stats.subscribe({ minRed: 0.8 }, ({ event }) => resolve(event.imageId)))
 * await stats.record({ imageId: 'tomatoes', timestamp: 1000, clientId: 'kitchen', red: 0.85 })
 * await alert // => 'tomatoes'
 * ```
 */
export function redisNotifier(options: RedisNotifierOptions): Notifier {
  const { url, client, name = 'red-stats', keepEvents = 1_000_000, timeoutMs = 2000, ...unknown } = options
  for (const key of Object.keys(unknown)) throw new TypeError(`Unknown option \`${key}\` of redisNotifier`)
  if ((url === undefined) === (client === undefined)) throw new TypeError('Expected either `url` or `client`')
  if (url !== undefined && !/^rediss?:$/.test(URL.canParse(url) ? new URL(url).protocol : '')) {
    throw new TypeError('Expected `url` to be a redis: or rediss: URL')
  }
  if (!/^[\w.:-]{1,100}$/.test(name)) throw new TypeError(`Expected \`name\` to be 1 to 100 of A-Z a-z 0-9 _ . : -`)
  for (const [option, value] of Object.entries({ keepEvents, timeoutMs })) {
    if (!Number.isSafeInteger(value) || value < 1) {
      throw new RangeError(`Expected \`${option}\` to be an integer from 1, got ${value}`)
    }
  }

  const key = { stream: `{${name}}:stream`, state: `{${name}}:state`, publisher: `{${name}}:publisher:` }
  const health = createStreamHealth()
  const connections = new Set<RedisConnection>()
  let pattern: Promise<RedisClient> | undefined
  let publisher: Promise<RedisConnection> | undefined
  let newestEpoch = '0'
  let closed = false

  async function connect(): Promise<RedisConnection> {
    if (closed) throw new RedStatsError('CLOSED', 'This notifier was closed')
    pattern ??= client === undefined ? clientFor(url ?? '', timeoutMs) : Promise.resolve(client)
    const connection = createRedisConnection(await pattern)
    connections.add(connection)
    return connection
  }

  async function run({ text, sha1 }: Script, keys: readonly string[], args: readonly string[]): Promise<Place> {
    publisher ??= connect()
    const connection = await publisher
    const rest = [String(keys.length), ...keys, ...args]
    const reply = await connection.command(['EVALSHA', sha1, ...rest], timeoutMs).catch((error: unknown) => {
      const isUnknown = isReply(error) && String((error as Error).cause).includes('NOSCRIPT')
      if (isUnknown) return connection.command(['EVAL', text, ...rest], timeoutMs)
      throw error
    })
    const place = Array.isArray(reply) ? placeOf(`${reply[0]}-${reply[1]}`) : undefined
    if (place === undefined) throw new RedStatsError('UNAVAILABLE', 'Redis answered something else than a place')
    if (place.epoch !== newestEpoch) health.reset()
    newestEpoch = place.epoch
    return place
  }

  const state = () => run(stateScript, [key.stream, key.state], [newestEpoch])

  return {
    kind: 'redis',
    guarantees: { delivery: 'at-least-once', replay: true, crossInstance: true },
    start: async () => {
      const place = await state()
      return { epoch: place.epoch, head: cursorOf(place) }
    },
    publish: async (events, batch) => {
      requireBatch(events)
      if (events.length === 0) return []
      const keys = [key.stream, key.state, key.publisher + (batch?.publisher ?? '')]
      const number = batch === undefined ? '' : String(batch.number)
      const afterLoss = batch?.afterLoss === true ? '1' : '0'
      const args = [newestEpoch, number, String(events.length), eventsToText(events), afterLoss]
      try {
        const { epoch, seq } = await run(publishScript, keys, [...args, String(keepEvents)])
        health.published(seq)
        return events.map((_, index): Cursor => cursorOf({ epoch, seq: seq - events.length + 1 + index }))
      } catch (error) {
        health.works('publishing', false)
        throw error
      }
    },
    read: (from, { signal }) => readStream({ stream: key.stream, connect, state, health, timeoutMs }, from, signal),
    range: async (from, to, limit) => {
      publisher ??= connect()
      return readRange({ stream: key.stream, connection: await publisher, timeoutMs }, from, to, limit)
    },
    compare: compareCursors,
    health: () => (closed ? { ...health.snapshot(), state: 'down' } : health.snapshot()),
    close: async () => {
      closed = true
      for (const connection of connections) connection.close()
    },
  }
}

/** A client that is only a pattern: never connected. */
async function clientFor(url: string, connectTimeout: number): Promise<RedisClient> {
  const { createClient } = await loadPeer('redis', () => import('redis'))
  return createClient({ url, socket: { connectTimeout } }) as unknown as RedisClient
}
