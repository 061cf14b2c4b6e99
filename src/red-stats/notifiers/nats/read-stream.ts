import { answerOf, waitAfterFailure } from '../../attempt.ts'
import { RedStatsError } from '../../errors.ts'
import type { Cursor, Gap, Published } from '../../notifier.ts'
import { eventsBetween, itemsAfter, type Message } from '../broker/items-after.ts'
import { cursorOf, lastSeqOf, messageAfter, type Place, placeOf } from '../broker/place.ts'
import type { StreamHealth } from '../broker/stream-health.ts'
import type { JetStream, JetStreamReader, JetStreamReading } from './jet-stream.ts'

/** Messages, each of up to 256 events, that are asked for at once. */
const pageSize = 256
/** A page ends by itself after a second; one that does not is lost. */
const maxPageMs = 4000

/**
 * Reads for ever. The consumer is a convenience of the server that it may lose (it was restarted, or took the reader for
 * dead) without a word: so each round compares where the reader is with where the stream is.
 */
export async function* readStream(
  { open, health, isClosed }: { open: () => Promise<JetStream>; health: StreamHealth; isClosed: () => boolean },
  from: Cursor | 'tail',
  signal: AbortSignal,
): AsyncGenerator<readonly Published[] | Gap> {
  let reading: JetStreamReading | undefined
  const stop = () => reading?.stop()
  signal.addEventListener('abort', stop, { once: true })
  let place: Place | undefined
  let reader: JetStreamReader | undefined
  let failures = 0
  try {
    while (!signal.aborted && !isClosed()) {
      try {
        const stream = await open()
        const { epoch, last } = await stream.state()
        const head: Place = { epoch, seq: lastSeqOf(last) }
        if (place === undefined) {
          const asked = from === 'tail' ? head : placeOf(from)
          const isOurs = asked !== undefined && asked.epoch === epoch && asked.seq <= head.seq
          place = isOurs ? asked : head
          if (!isOurs) yield { type: 'gap', from, to: cursorOf(head), reason: 'epoch' }
        } else if (place.epoch !== epoch || place.seq > head.seq) {
          // Made again, or set back: everything in a new stream is new, what a stream was set back to is not.
          const start: Place = place.epoch === epoch ? head : { epoch, seq: 0 }
          yield { type: 'gap', from: cursorOf(place), to: cursorOf(start), reason: 'epoch' }
          place = start
          reader = undefined
        }
        reader ??= await stream.readFrom(messageAfter(place.seq))
        reading = await reader.next(pageSize)
        if (signal.aborted) return
        const before: Place = place
        for await (const message of inTime(reading)) {
          place = yield* itemsAfter(place, [message])
          health.read(place.seq)
        }
        if (place === before && before.seq < head.seq) reader = undefined // it brings nothing, though there is something
        failures = 0
        health.works('reading', true)
        health.read(place.seq)
      } catch (error) {
        if (signal.aborted || isClosed()) return
        if (!(error instanceof RedStatsError)) throw error
        reader = undefined
        health.works('reading', false)
        await waitAfterFailure(failures++, signal)
      }
    }
  } finally {
    signal.removeEventListener('abort', stop)
    reading?.stop()
  }
}

/** A page, whose failure is a RedStatsError, also when it neither ends nor brings anything. */
async function* inTime(reading: JetStreamReading): AsyncGenerator<Message> {
  const iterator = reading[Symbol.asyncIterator]()
  try {
    for (;;) {
      const next = await answerOf('NATS', Promise.resolve(iterator.next()), maxPageMs)
      if (next.done === true) return
      yield next.value
    }
  } finally {
    reading.stop()
  }
}

/** As {@link Notifier.range}. */
export async function readRange(
  stream: JetStream,
  from: Cursor,
  to: Cursor,
  limit: number,
): Promise<Published[] | undefined> {
  const [start, end] = [placeOf(from), placeOf(to)]
  const { epoch, last } = await stream.state()
  if (start?.epoch !== epoch || end?.epoch !== epoch || end.seq > lastSeqOf(last)) return undefined
  if (start.seq >= end.seq) return []
  const endMessage = messageAfter(end.seq - 1)
  const reader = await stream.readFrom(messageAfter(start.seq))
  return eventsBetween(start, end, limit, async (place) => {
    const found: Message[] = []
    const wanted = Math.min(pageSize, endMessage - messageAfter(place.seq) + 1)
    for await (const message of inTime(await reader.next(wanted))) {
      found.push(message)
      if (message.lastSeq >= end.seq) break
    }
    return found
  })
}
