import { inPhase, UploadError } from './errors.ts'
import { CHUNK_BYTES, type OpenFile } from './file-source.ts'
import { SNIFF_BYTES } from './image-type.ts'
import type { Frame } from './multipart.ts'
import type { RequestBody } from './transport.ts'

/** Room for the framing around a file that fills a chunk. */
const ROOM = 4096

/** The buffer of a lane. All files that the lane sends go through it, so memory does not grow with them. */
export function laneBuffer(): Buffer {
  return Buffer.allocUnsafeSlow(ROOM + CHUNK_BYTES + ROOM)
}

/** What was read of a file to tell its type: all of it, if it is small. */
export interface FileStart {
  readonly head: Buffer
  /** Gives the body of the request, made so that it can be sent again from its start. */
  body(frame: Frame): () => RequestBody
}

/**
 * Reads the start of a file. A small file is read whole and at once, into the middle of the lane's buffer, and the
 * framing is laid around it there: one read and one write a file.
 */
export async function readStart(file: OpenFile, lane: Buffer): Promise<FileStart> {
  const small = file.size <= CHUNK_BYTES
  const head = lane.subarray(ROOM, ROOM + (small ? file.size : SNIFF_BYTES))
  const reading = fill(file, head, 0)
  if (reading) await reading
  if (!small) return { head, body: (frame) => () => chunks(file, frame, lane) }
  const checking = checkUnchanged(file)
  if (checking) await checking
  return { head, body: (frame) => () => whole(frame, head, lane) }
}

function whole({ before, after }: Frame, file: Buffer, lane: Buffer): Uint8Array {
  if (before.length > ROOM || after.length > ROOM) return Buffer.concat([before, file, after])
  const start = ROOM - before.length
  const end = ROOM + file.length
  lane.set(before, start)
  lane.set(after, end)
  return lane.subarray(start, end + after.length)
}

async function* chunks(file: OpenFile, { before, after }: Frame, lane: Buffer): AsyncGenerator<Uint8Array> {
  yield before
  for (let at = 0; at < file.size; at += CHUNK_BYTES) {
    const chunk = lane.subarray(0, Math.min(CHUNK_BYTES, file.size - at))
    await fill(file, chunk, at)
    yield chunk
  }
  // before the closing boundary: without it no server takes the file for whole
  await checkUnchanged(file)
  yield after
}

/** Fills the buffer from the file; a promise only if the file is read by promises. */
function fill(file: OpenFile, buffer: Buffer, position: number): Promise<void> | undefined {
  const first = reading(() => file.read(buffer, buffer.length, position))
  return first === buffer.length ? undefined : fillOn(file, buffer, position, first)
}

async function fillOn(file: OpenFile, buffer: Buffer, position: number, first: number | Promise<number>) {
  let part = await first
  for (let got = part; got < buffer.length; got += part) {
    if (part <= 0) throw changed()
    part = await reading(() => file.read(buffer.subarray(got), buffer.length - got, position + got))
  }
}

function checkUnchanged(file: OpenFile): Promise<void> | undefined {
  const answer = reading(() => file.unchanged())
  if (answer instanceof Promise) return answer.then(check)
  check(answer)
  return undefined
}

function check(unchanged: boolean): void {
  if (!unchanged) throw changed()
}

/** An error of the file is the file's, not the connection's. */
function reading<Value>(work: () => Value | Promise<Value>): Value | Promise<Value> {
  const fail = (error: unknown): never => {
    throw inPhase(error, 'read')
  }
  try {
    const value = work()
    return value instanceof Promise ? value.catch(fail) : value
  } catch (error) {
    return fail(error)
  }
}

function changed(): UploadError {
  return new UploadError('ESOURCECHANGED', 'The file changed while it was read', { phase: 'read' })
}
