import { waitAfterFailure } from '../../attempt.ts'
import { RedStatsError } from '../../errors.ts'
import type { Cursor, Gap, Published } from '../../notifier.ts'
import type { PostgresSession } from '../../postgres/session.ts'
import { itemsAfter } from '../broker/items-after.ts'
import { cursorOf, type Place, placeOf } from '../broker/place.ts'
import type { StreamHealth } from '../broker/stream-health.ts'
import type { Outbox } from './outbox.ts'

export interface OutboxSource {
  readonly outbox: Outbox
  session(): PostgresSession
  readonly health: StreamHealth
}

/** Messages, each of up to 256 events, that are read at once. */
const pageSize = 64
/** Milliseconds until the table is looked at without a notification: one is lost while the connection is. */
const pollMs = 1000
/** The same while something is committed that an open transaction keeps from being read: its end notifies nobody. */
const waitingMs = 20

/** Reads for ever from a connection of its own, and connects again when it is lost. */
export async function* readOutbox(
  { outbox, session: open, health }: OutboxSource,
  from: Cursor | 'tail',
  signal: AbortSignal,
): AsyncGenerator<readonly Published[] | Gap> {
  const session = open()
  const bell = createBell()
  session.onNews(bell.ring)
  const stop = () => {
    session.close()
    bell.ring()
  }
  signal.addEventListener('abort', stop, { once: true })
  let place: Place | undefined
  let failures = 0
  try {
    while (!signal.aborted) {
      try {
        if (session.isNew()) await session.query(`listen ${outbox.channel}`)
        session.isNew() // the connection that listens is the one we know
        if (place === undefined) {
          const head = await outbox.head(session)
          const asked = from === 'tail' ? head : placeOf(from)
          const isOurs = asked !== undefined && asked.epoch === head.epoch && asked.seq <= head.seq
          place = isOurs ? asked : head
          if (!isOurs) yield { type: 'gap', from, to: cursorOf(head), reason: 'epoch' }
        }
        bell.mute()
        const { begin, messages, waiting } = await outbox.after(session, place, pageSize)
        if (begin.epoch !== place.epoch) {
          yield { type: 'gap', from: cursorOf(place), to: cursorOf(begin), reason: 'epoch' }
          place = begin
          continue
        }
        place = yield* itemsAfter(place, messages)
        failures = 0
        health.works('reading', true)
        health.read(place.seq)
        if (messages.length < pageSize) await bell.wait(waiting ? waitingMs : pollMs)
      } catch (error) {
        if (signal.aborted || (error instanceof RedStatsError && error.code === 'CLOSED')) return
        if (!(error instanceof RedStatsError)) throw error
        health.works('reading', false)
        await waitAfterFailure(failures++, signal)
      }
    }
  } finally {
    signal.removeEventListener('abort', stop)
    session.close()
  }
}

/** Rings for whoever waits, or for the next who will. */
function createBell(): { ring(): void; mute(): void; wait(ms: number): Promise<void> } {
  let rung = false
  let wake = () => {}
  return {
    ring: () => {
      rung = true
      wake()
    },
    mute: () => {
      rung = false
    },
    wait: (ms) =>
      new Promise((resolve) => {
        if (rung) return resolve()
        const timer = setTimeout(resolve, ms).unref()
        wake = () => {
          clearTimeout(timer)
          resolve()
        }
      }),
  }
}
