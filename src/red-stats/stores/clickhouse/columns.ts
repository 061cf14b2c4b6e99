import { RedStatsError } from '../../errors.ts'
import type { EventColumns } from '../../store.ts'
import { inTurns } from '../in-turns.ts'

const rowBytes = 24
const sliceSize = 32_768

/** Reads rows of two Float64 and two UInt32, little-endian: ClickHouse's format RowBinary. */
export async function readColumns(stream: AsyncIterable<Buffer>): Promise<EventColumns> {
  const chunks: Buffer[] = []
  for await (const chunk of stream) chunks.push(chunk)
  return inTurns(toColumns(chunks), { ref: true })
}

function* toColumns(chunks: readonly Buffer[]): Generator<void, EventColumns> {
  const length = chunks.reduce((sum, chunk) => sum + chunk.length, 0)
  const size = length / rowBytes
  if (!Number.isInteger(size)) throw new RedStatsError('UNAVAILABLE', 'ClickHouse: the answer was cut off')
  const bytes = new Uint8Array(length) // in one piece, and aligned
  for (let at = 0, chunk = 0; chunk < chunks.length; at += chunks[chunk++]!.length) {
    bytes.set(chunks[chunk]!, at)
    yield
  }
  const doubles = new Float64Array(bytes.buffer)
  const words = new Uint32Array(bytes.buffer)
  const [timestamps, reds] = [new Float64Array(size), new Float64Array(size)]
  const idHashes = new Uint32Array(2 * size)
  for (let i = 0; i < size; i++) {
    const timestamp = doubles[3 * i]!
    const red = doubles[3 * i + 1]!
    if (!(timestamp >= 0 && red >= 0 && red <= 1)) {
      throw new RedStatsError('UNAVAILABLE', 'ClickHouse: the answer holds something else than events')
    }
    timestamps[i] = timestamp
    reds[i] = red
    idHashes[2 * i] = words[6 * i + 4]!
    idHashes[2 * i + 1] = words[6 * i + 5]!
    if (i % sliceSize === sliceSize - 1) yield
  }
  return { timestamps, reds, idHashes }
}
