import type { RedEvent } from '../../event.ts'
import type { Gap, Published } from '../../notifier.ts'
import { cursorOf, type Place } from './place.ts'

/** What a broker brought at once. */
export interface Message {
  /** A reader that is not here yet missed something. */
  readonly before: Place
  /** Position of its last event. */
  readonly lastSeq: number
  /** Undefined when no notifier wrote it. */
  readonly events: readonly RedEvent[] | undefined
  /** The publisher lost events before these. */
  readonly afterLoss: boolean
}

/** What messages bring to a reader that is at a place; returns where it is then. */
export function* itemsAfter(from: Place, messages: readonly Message[]): Generator<Published[] | Gap, Place> {
  let place = from
  let batch: Published[] = []
  for (const { before, lastSeq, events, afterLoss } of messages) {
    const firstSeq = lastSeq - (events?.length ?? 0) + 1
    const isMissing = before.epoch !== place.epoch || before.seq > place.seq
    if (isMissing || (afterLoss && firstSeq > place.seq)) {
      if (batch.length > 0) yield batch
      batch = []
      const to = isMissing ? before : place
      const reason = before.epoch !== place.epoch ? 'epoch' : isMissing ? 'trimmed' : 'lost'
      yield { type: 'gap', from: cursorOf(place), to: cursorOf(to), reason }
      place = to
    }
    if (events === undefined) {
      if (batch.length > 0) yield batch
      batch = []
      const after = { epoch: before.epoch, seq: Math.max(lastSeq, place.seq) }
      yield { type: 'gap', from: cursorOf(place), to: cursorOf(after), reason: 'lost' }
      place = after
      continue
    }
    for (const [index, event] of events.entries()) {
      const seq = firstSeq + index
      if (seq <= place.seq) continue
      place = { epoch: before.epoch, seq }
      batch.push({ cursor: cursorOf(place), seq, event })
    }
  }
  if (batch.length > 0) yield batch
  return place
}

/** The events of a range, read page after page; undefined when some of them are gone. As {@link Notifier.range}. */
export async function eventsBetween(
  from: Place,
  to: Place,
  limit: number,
  pageAfter: (place: Place) => Promise<readonly Message[]>,
): Promise<Published[] | undefined> {
  const found: Published[] = []
  let place = from
  while (place.seq < to.seq && found.length < limit) {
    const start = place.seq
    const items = itemsAfter(place, await pageAfter(place))
    let next = items.next()
    for (; next.done !== true; next = items.next()) {
      if ('type' in next.value) return undefined
      for (const event of next.value) if (event.seq <= to.seq && found.length < limit) found.push(event)
    }
    place = next.value
    if (place.seq === start) return undefined // the stream ends before `to`: it is another one
  }
  return found
}
