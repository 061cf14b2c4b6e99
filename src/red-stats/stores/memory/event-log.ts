import type { RedEvent } from '../../event.ts'
import type { EventFilter } from '../../store.ts'

/** Events in the order they were stored, in columns outside the heap: a row number each. */
export interface EventLog {
  readonly size: number
  append(event: RedEvent, storedAt: number): number
  get(row: number): RedEvent
  /** Whether the row has this id; a dropped row has none. */
  hasId(row: number, imageId: string): boolean
  storedAt(row: number): number
  /** Calls back for every row that the filter lets pass, roughly the newest first; what is returned becomes `from`. */
  scan(filter: EventFilter, visit: (row: number, timestamp: number, red: number) => number | undefined): void
  /** Drops chunks whose every event is older, and gives the ids of each; the newest chunk stays. */
  dropBefore(timestamp: number): Generator<{ row: number; imageId: string }[]>
}

const chunkRows = 65_536

interface Chunk {
  readonly timestamps: Float64Array
  readonly reds: Float64Array
  readonly storedAts: Float64Array
  readonly clients: Uint32Array
  /** Image ids one after the other; that of a row begins at `starts[row]`. */
  readonly starts: Uint32Array
  ids: Buffer
  size: number
  earliest: number
  latest: number
}

export function createEventLog(): EventLog {
  const chunks: (Chunk | undefined)[] = []
  const clients: string[] = []
  const clientNumbers = new Map<string, number>()
  let size = 0

  const chunkOf = (row: number): Chunk => chunks[Math.floor(row / chunkRows)]!
  const idOf = (row: number): string => {
    const { ids, starts } = chunkOf(row)
    return ids.toString('utf8', starts[row % chunkRows]!, starts[(row % chunkRows) + 1]!)
  }
  const numberOf = (clientId: string): number => {
    const known = clientNumbers.get(clientId)
    if (known !== undefined) return known
    clientNumbers.set(clientId, clients.length)
    return clients.push(clientId) - 1
  }

  return {
    get size() {
      return size
    },
    append: ({ imageId, timestamp, clientId, red }, storedAt) => {
      const index = size % chunkRows
      if (index === 0) chunks.push(emptyChunk())
      const chunk = chunks.at(-1)!
      chunk.timestamps[index] = timestamp
      chunk.reds[index] = red
      chunk.storedAts[index] = storedAt
      chunk.clients[index] = numberOf(clientId)
      appendId(chunk, index, imageId)
      chunk.size++
      chunk.earliest = Math.min(chunk.earliest, timestamp)
      chunk.latest = Math.max(chunk.latest, timestamp)
      return size++
    },
    get: (row) => {
      const chunk = chunkOf(row)
      const index = row % chunkRows
      return {
        imageId: idOf(row),
        timestamp: chunk.timestamps[index]!,
        clientId: clients[chunk.clients[index]!]!,
        red: chunk.reds[index]!,
      }
    },
    hasId: (row, imageId) => chunks[Math.floor(row / chunkRows)] !== undefined && idOf(row) === imageId,
    storedAt: (row) => chunkOf(row).storedAts[row % chunkRows]!,
    scan: ({ from = 0, to = Number.POSITIVE_INFINITY, clientId }, visit) => {
      const client = clientId === undefined ? undefined : clientNumbers.get(clientId)
      if (clientId !== undefined && client === undefined) return
      const numbered = [...chunks.entries()].flatMap(([number, chunk]) =>
        chunk === undefined ? [] : [{ number, chunk }],
      )
      numbered.sort((a, b) => b.chunk.latest - a.chunk.latest)
      let first = from
      for (const { number, chunk } of numbered) {
        const { size, timestamps, reds, clients, earliest, latest } = chunk
        if (latest < first || earliest >= to) continue
        for (let index = 0; index < size; index++) {
          const timestamp = timestamps[index]!
          if (timestamp < first || timestamp >= to || (client !== undefined && clients[index] !== client)) continue
          first = visit(number * chunkRows + index, timestamp, reds[index]!) ?? first
        }
      }
    },
    dropBefore: function* (timestamp) {
      for (let number = 0; number < chunks.length - 1; number++) {
        const chunk = chunks[number]
        if (chunk === undefined || chunk.latest >= timestamp) continue
        const first = number * chunkRows
        const dropped = Array.from({ length: chunk.size }, (_, index) => ({
          row: first + index,
          imageId: idOf(first + index),
        }))
        chunks[number] = undefined
        yield dropped
      }
    },
  }
}

function emptyChunk(): Chunk {
  return {
    timestamps: new Float64Array(chunkRows),
    reds: new Float64Array(chunkRows),
    storedAts: new Float64Array(chunkRows),
    clients: new Uint32Array(chunkRows),
    starts: new Uint32Array(chunkRows + 1),
    ids: Buffer.alloc(4096),
    size: 0,
    earliest: Number.POSITIVE_INFINITY,
    latest: Number.NEGATIVE_INFINITY,
  }
}

function appendId(chunk: Chunk, index: number, id: string): void {
  const start = chunk.starts[index]!
  const end = start + Buffer.byteLength(id)
  if (end > chunk.ids.length) {
    const larger = Buffer.alloc(Math.max(end, 2 * chunk.ids.length))
    chunk.ids.copy(larger, 0, 0, start)
    chunk.ids = larger
  }
  chunk.ids.write(id, start)
  chunk.starts[index + 1] = end
}
