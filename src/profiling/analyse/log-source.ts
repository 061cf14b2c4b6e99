import { createReadStream } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { createGunzip } from 'node:zlib'

/** A file or folder (read with all below it), `-` for the standard input, or the pieces of a text as they come. */
export type LogSource = string | AsyncIterable<Uint8Array | string> | Iterable<Uint8Array | string>

export interface OpenLog {
  readonly name: string
  readonly pieces: AsyncIterable<Uint8Array>
}

const PIECE_BYTES = 1 << 20

/** The bytes of every source in turn; what is compressed with gzip is recognised by its first bytes. */
export async function* openLogs(
  sources: readonly LogSource[],
  onRead: (bytes: number, total: number | undefined) => void,
): AsyncGenerator<OpenLog> {
  const named = await Promise.all(sources.map(filesOf))
  const files = named.flat()
  const sizes = files.map(({ bytes }) => bytes)
  const total = sizes.includes(undefined) ? undefined : sizes.reduce((sum: number, bytes) => sum + (bytes ?? 0), 0)
  for (const { name, open } of files) {
    yield { name, pieces: plain(counted(open(), (bytes) => onRead(bytes, total))) }
  }
}

interface File {
  readonly name: string
  readonly bytes: number | undefined
  open(): AsyncIterable<Uint8Array | string> | Iterable<Uint8Array | string>
}

async function filesOf(source: LogSource): Promise<File[]> {
  if (typeof source !== 'string') return [{ name: 'stream', bytes: undefined, open: () => source }]
  if (source === '-') return [{ name: 'standard input', bytes: undefined, open: () => process.stdin }]
  const info = await stat(source)
  if (!info.isDirectory()) return [fileAt(source, info.size)]
  const entries = await readdir(source, { recursive: true, withFileTypes: true })
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  return Promise.all(paths.sort().map(async (path) => fileAt(path, (await stat(path)).size)))
}

function fileAt(path: string, bytes: number): File {
  return { name: path, bytes, open: () => createReadStream(path, { highWaterMark: PIECE_BYTES }) }
}

async function* counted(
  pieces: AsyncIterable<Uint8Array | string> | Iterable<Uint8Array | string>,
  onRead: (bytes: number) => void,
): AsyncGenerator<Uint8Array> {
  for await (const piece of pieces) {
    const bytes = typeof piece === 'string' ? Buffer.from(piece) : piece
    onRead(bytes.length)
    yield bytes
  }
}

async function* plain(pieces: AsyncGenerator<Uint8Array>): AsyncGenerator<Uint8Array> {
  const first = await pieces.next()
  if (first.done) return
  const all = prepend(first.value, pieces)
  if (first.value[0] !== 0x1f || first.value[1] !== 0x8b) yield* all
  else yield* gunzip(all)
}

async function* prepend(first: Uint8Array, rest: AsyncGenerator<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield first
  yield* rest
}

async function* gunzip(pieces: AsyncGenerator<Uint8Array>): AsyncGenerator<Uint8Array> {
  const unzip = createGunzip({ chunkSize: PIECE_BYTES })
  const feeding = (async () => {
    for await (const piece of pieces) {
      if (unzip.destroyed) return
      if (!unzip.write(piece)) await new Promise<void>((resolve) => unzip.once('drain', resolve).once('close', resolve))
    }
    unzip.end()
  })()
  feeding.catch((error: Error) => unzip.destroy(error))
  yield* unzip
}
