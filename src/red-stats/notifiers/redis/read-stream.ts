import { RedStatsError } from '../../errors.ts'
import type { Cursor, Gap, Published } from '../../notifier.ts'
import { waitAfterFailure } from '../broker/attempt.ts'
import type { StreamHealth } from '../broker/stream-health.ts'
import type { RedisConnection } from './connection.ts'
import { cursorOf, entriesOf, entriesRead, itemsAfter, type Place, placeOf } from './entries.ts'

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

/** Reads for ever from a connection of its own, and connects again when it is lost. */
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
          if (epoch < place.epoch) {
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
  let place = placeOf(from)
  const end = placeOf(to)
  if (place === undefined || end === undefined || place.epoch !== end.epoch) return undefined
  const found: Published[] = []
  while (place.seq < end.seq && found.length < limit) {
    const next = cursorOf({ epoch: place.epoch, seq: place.seq + 1 })
    const reply = await connection.command(['XRANGE', stream, next, '+', 'COUNT', '16'], timeoutMs)
    const before: number = place.seq
    for (const item of itemsAfter(place, entriesOf(reply))) {
      if ('type' in item) return undefined
      found.push(...item)
    }
    place = { epoch: place.epoch, seq: found.at(-1)?.seq ?? place.seq }
    if (place.seq === before) return undefined // the stream ends before `to`: it is not what it was
  }
  return found.filter(({ seq }) => seq <= end.seq).slice(0, limit)
}
