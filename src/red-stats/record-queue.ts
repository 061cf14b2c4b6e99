import { RedStatsError } from './errors.ts'
import type { RedEvent } from './event.ts'

export interface RecordQueueOptions<Result> {
  /** Stores one batch, one result each in the same order. */
  readonly flush: (events: readonly RedEvent[]) => Promise<readonly Result[]>
  /** Bytes that may wait before {@link RecordQueueOptions.whenFull} applies. */
  readonly maxQueuedBytes: number
  readonly whenFull: 'wait' | 'reject'
}

export interface RecordQueue<Result> {
  readonly queuedBytes: number
  /** Resolves when the events are stored. */
  push(events: readonly RedEvent[]): Promise<Result[]>
  /** Stores what waits and refuses what comes. */
  close(): Promise<void>
}

interface Entry<Result> {
  readonly events: readonly RedEvent[]
  readonly resolve: (results: Result[]) => void
  readonly reject: (error: unknown) => void
}

/** Larger inserts are hardly faster, even where a disk is slow. */
const maxBatch = 8192

/**
 * Group commit: a batch is flushed as soon as the one before has returned. A lone event waits for nothing; under load
 * the batches grow by themselves.
 */
export function createRecordQueue<Result>(options: RecordQueueOptions<Result>): RecordQueue<Result> {
  const { flush, maxQueuedBytes, whenFull } = options
  const entries: Entry<Result>[] = []
  let queuedBytes = 0
  let room: (() => void)[] = []
  let closed = false
  let running: Promise<void> | undefined

  async function run(): Promise<void> {
    await Promise.resolve() // what is recorded in one tick is one batch
    while (entries.length > 0) {
      const batch = takeBatch()
      const events = batch.flatMap((entry) => entry.events)
      try {
        const results = await flush(events)
        let next = 0
        for (const { events, resolve } of batch) {
          resolve(results.slice(next, next + events.length))
          next += events.length
        }
      } catch (error) {
        for (const entry of batch) entry.reject(error)
      }
      queuedBytes -= bytesOf(events)
      const waiting = room
      room = []
      for (const retry of waiting) retry()
    }
    running = undefined
  }

  function takeBatch(): Entry<Result>[] {
    let size = 0
    let count = 0
    while (count < entries.length && (count === 0 || size + entries[count]!.events.length <= maxBatch)) {
      size += entries[count++]!.events.length
    }
    return entries.splice(0, count)
  }

  return {
    get queuedBytes() {
      return queuedBytes
    },
    push: async (events) => {
      const bytes = bytesOf(events)
      while (!closed && queuedBytes > 0 && queuedBytes + bytes > maxQueuedBytes) {
        if (whenFull === 'reject') {
          throw new RedStatsError('BUSY', `${queuedBytes} bytes of events wait to be stored; try again later`)
        }
        await new Promise<void>((resolve) => room.push(resolve))
      }
      if (closed) throw new RedStatsError('CLOSED', 'This RedStats was closed')
      queuedBytes += bytes
      const parts: Promise<Result[]>[] = []
      for (let start = 0; start < events.length; start += maxBatch) {
        const part = events.slice(start, start + maxBatch)
        parts.push(new Promise((resolve, reject) => entries.push({ events: part, resolve, reject })))
      }
      running ??= run()
      return (await Promise.all(parts)).flat()
    },
    close: async () => {
      closed = true
      for (const refuse of room) refuse()
      await running
    },
  }
}

/** About what an event takes while it waits: two ids in UTF-16 and the rest of the object. */
function bytesOf(events: readonly RedEvent[]): number {
  let bytes = 0
  for (const { imageId, clientId } of events) bytes += 96 + 2 * (imageId.length + clientId.length)
  return bytes
}
