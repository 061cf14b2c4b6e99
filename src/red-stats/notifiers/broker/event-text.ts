import { parseEvent, type RedEvent } from '../../event.ts'
import { maxPublished } from '../../notifier.ts'

/** Events as the text of one message: rows without names, since the names would be half of it. */
export function eventsToText(events: readonly RedEvent[]): string {
  return JSON.stringify(events.map(({ imageId, timestamp, clientId, red }) => [imageId, timestamp, clientId, red]))
}

/** Undefined for text that {@link eventsToText} did not write: a broker is open to others. */
export function eventsOfText(text: unknown): RedEvent[] | undefined {
  if (typeof text !== 'string') return undefined
  try {
    const rows: unknown = JSON.parse(text)
    if (!Array.isArray(rows) || rows.length === 0 || rows.length > maxPublished) return undefined
    return rows.map(([imageId, timestamp, clientId, red]) => parseEvent({ imageId, timestamp, clientId, red }))
  } catch {
    return undefined
  }
}

/** @throws RangeError */
export function requireBatch(events: readonly RedEvent[]): void {
  if (events.length > maxPublished) {
    throw new RangeError(`Expected at most ${maxPublished} events at once, got ${events.length}`)
  }
}
