import { eventsOfText } from '../broker/event-text.ts'
import type { Message } from '../broker/items-after.ts'

/** The reply of XRANGE, or what XREAD says of one stream. */
export function entriesOf(reply: unknown): Message[] {
  if (!Array.isArray(reply)) return []
  return reply.map(([id, fields]: [string, readonly string[]]) => {
    const [epoch = '', position] = id.split('-')
    const lastSeq = Number(position)
    const events = eventsOfText(fieldOf(fields, 'events'))
    const before = { epoch, seq: lastSeq - (events?.length ?? 0) }
    return { before, lastSeq, events, afterLoss: fieldOf(fields, 'afterLoss') === '1' }
  })
}

/** The reply of XREAD for one stream: pairs (RESP2), a map (RESP3), or the map as a flat list (ioredis 6). */
export function entriesRead(reply: unknown): Message[] {
  if (reply === null || reply === undefined) return []
  if (Array.isArray(reply)) return entriesOf(typeof reply[0] === 'string' ? reply[1] : reply[0]?.[1])
  const [entries] = reply instanceof Map ? reply.values() : Object.values(reply)
  return entriesOf(entries)
}

function fieldOf(fields: readonly string[], name: string): string | undefined {
  const at = fields.findIndex((text, index) => index % 2 === 0 && text === name)
  return at < 0 ? undefined : fields[at + 1]
}
