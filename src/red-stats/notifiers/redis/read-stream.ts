import { waitAfterFailure } from '../../attempt.ts'
import { RedStatsError } from '../../errors.ts'
import type { Cursor, Gap, Published } from '../../notifier.ts'
import { eventsBetween, itemsAfter } from '../broker/items-after.ts'
import { cursorOf, type Place, placeOf } from '../broker/place.ts'
import type { StreamHealth } from '../broker/stream-health.ts'
import type { RedisConnection } from './connection.ts'
import { entriesOf, entriesRead } from './entries.ts'

export interface StreamSource {
  readonly stream: string
  connect(): Promise<RedisConnection>
  /** The newest place. */
  state(): Promise<Place>
  readonly health: StreamHealth
  readonly timeoutMs: number
}

/** Milliseconds that Redis waits for an entry before it answers that there is none. */
const blockMs = 1000
/** Entries, each of up to 256 events, that are read at once. */
const pageSize = '64'

/**
 * Reads for ever from a connection of its own, and connects again when it is lost. Positions are counted without holes,
 * so whatever is missing before an entry shows: Redis itself goes on from a trimmed place and says nothing.
 */
export async function* readStream(
  { stream, connect, state, health, timeoutMs }: StreamSource,
  from: Cursor | 'tail',
  signal: AbortSignal,
): AsyncGenerator<readonly Published[] | Gap> {
  const connection = await connect()
  const stop = () => connection.close()
  signal.addEventListener('abort', stop, { once: true })
  let place: Place | undefined
  let failures = 0
  try {
    while (!signal.aborted) {
      try {
        if (place === undefined) {
          const head = await state()
          const asked = from === 'tail' ? head : placeOf(from)
          const isOurs = asked !== undefined && asked.epoch === head.epoch && asked.seq <= head.seq
          place = isOurs ? asked : head
          if (!isOurs) yield { type: 'gap', from, to: cursorOf(head), reason: 'epoch' }
        }
        const args = ['XREAD', 'COUNT', pageSize, 'BLOCK', String(blockMs), 'STREAMS', stream, cursorOf(place)]
        const entries = entriesRead(await connection.command(args, blockMs + timeoutMs))
        failures = 0
        health.works('reading', true)
        if (entries.length > 0) place = yield* itemsAfter(place, entries)
        else {
          // An epoch below ours (Redis was emptied, and its clock turned back): its entries would never be read.
          const { epoch } = await state()
          if (Number(epoch) < Number(place.epoch)) {
            const start: Place = { epoch, seq: 0 }
            yield { type: 'gap', from: cursorOf(place), to: cursorOf(start), reason: 'epoch' }
            place = start
          }
        }
        health.read(place.seq)
      } catch (error) {
        if (signal.aborted || (error instanceof RedStatsError && error.code === 'CLOSED')) return
        if (!(error instanceof RedStatsError)) throw error
        health.works('reading', false)
        await waitAfterFailure(failures++, signal)
      }
    }
  } finally {
    signal.removeEventListener('abort', stop)
    connection.close()
  }
}

/** As {@link Notifier.range}. */
export async function readRange(
  { stream, connection, timeoutMs }: { stream: string; connection: RedisConnection; timeoutMs: number },
  from: Cursor,
  to: Cursor,
  limit: number,
): Promise<Published[] | undefined> {
  const [start, end] = [placeOf(from), placeOf(to)]
  if (start === undefined || start.epoch !== end?.epoch || !/^\d+$/.test(start.epoch)) return undefined
  return eventsBetween(start, end, limit, async ({ epoch, seq }) => {
    const next = cursorOf({ epoch, seq: seq + 1 })
    return entriesOf(await connection.command(['XRANGE', stream, next, '+', 'COUNT', '16'], timeoutMs))
  })
}
