import type { RedEvent } from '../../event.ts'
import type { Cursor, Gap, Published } from '../../notifier.ts'
import { eventsOfText } from '../broker/event-text.ts'

/** A place in the stream: the position within an epoch. */
export interface Place {
  readonly epoch: number
  readonly seq: number
}

/** One entry of the stream: the events up to its place. */
export interface Entry {
  readonly last: Place
  /** Undefined when someone else wrote it. */
  readonly events: readonly RedEvent[] | undefined
  readonly afterLoss: boolean
}

const placeText = /^(\d{1,15})-(\d{1,15})$/

export function placeOf(text: Cursor): Place | undefined {
  const [, epoch, seq] = placeText.exec(text) ?? []
  return epoch === undefined ? undefined : { epoch: Number(epoch), seq: Number(seq) }
}

export function cursorOf({ epoch, seq }: Place): Cursor {
  return `${epoch}-${seq}`
}

/** The reply of XRANGE, or what XREAD says of one stream. */
export function entriesOf(reply: unknown): Entry[] {
  if (!Array.isArray(reply)) return []
  return reply.map(([id, fields]: [string, readonly string[]]) => {
    const field = (name: string) => {
      const at = fields.findIndex((text, index) => index % 2 === 0 && text === name)
      return at < 0 ? undefined : fields[at + 1]
    }
    const events = eventsOfText(field('events'))
    return {
      last: placeOf(id) ?? { epoch: Number(id.split('-')[0]), seq: 0 },
      events,
      afterLoss: field('afterLoss') === '1',
    }
  })
}

/** The reply of XREAD for one stream, which is an array or a map as the client and its protocol have it. */
export function entriesRead(reply: unknown): Entry[] {
  if (reply === null || reply === undefined) return []
  if (Array.isArray(reply)) return entriesOf(reply[0]?.[1])
  const [entries] = reply instanceof Map ? reply.values() : Object.values(reply)
  return entriesOf(entries)
}

/**
 * What entries bring to a reader that is at a place. Positions are counted without holes, so whatever is missing before
 * an entry shows: Redis itself goes on from a trimmed place with the next entry and says nothing.
 */
export function* itemsAfter(from: Place, entries: readonly Entry[]): Generator<Published[] | Gap, Place> {
  let place = from
  let batch: Published[] = []
  for (const { last, events, afterLoss } of entries) {
    const before = { epoch: last.epoch, seq: events === undefined ? last.seq : last.seq - events.length }
    const reason = gapBefore(place, before, events === undefined || afterLoss)
    if (reason !== undefined) {
      if (batch.length > 0) yield batch
      batch = []
      yield { type: 'gap', from: cursorOf(place), to: cursorOf(before), reason }
      place = before
    }
    for (const event of events?.slice(place.seq - before.seq) ?? []) {
      place = { epoch: last.epoch, seq: place.seq + 1 }
      batch.push({ cursor: cursorOf(place), seq: place.seq, event })
    }
  }
  if (batch.length > 0) yield batch
  return place
}

function gapBefore(place: Place, before: Place, lost: boolean): Gap['reason'] | undefined {
  if (before.epoch !== place.epoch) return 'epoch'
  if (before.seq > place.seq) return 'trimmed'
  return lost ? 'lost' : undefined
}
