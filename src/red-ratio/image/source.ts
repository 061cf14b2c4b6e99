import { constants } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { addAbortSignal, Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { type ImageType, imageTypeOf, TYPE_BYTES } from './image-type.ts'
import { RedRatioError } from './red-ratio-error.ts'
import type { TemporaryFolder } from './temporary-folder.ts'

/** An image: the path of a file, a `file:` URL, the bytes of a file, or a stream of them. */
export type ImageSource = string | URL | Uint8Array | AsyncIterable<Uint8Array>

/** What sharp is given, known to start like an image of that type. */
export interface Source {
  readonly input: string | Uint8Array
  readonly type: ImageType
}

export interface SourceLimits {
  readonly svg: boolean
  /** The largest stream. */
  readonly maxBytes: number
  /** Where streams are written to, when they are not to be kept in memory. */
  readonly spool: TemporaryFolder | undefined
  readonly signal: AbortSignal | undefined
}

export async function openSource(image: ImageSource, limits: SourceLimits): Promise<Source> {
  if (image instanceof Uint8Array) return { input: image, type: checkedType(image, limits.svg) }
  if (typeof image === 'string' || image instanceof URL) {
    const path = typeof image === 'string' ? image : fileURLToPath(image)
    return await fromFile(path, limits.svg)
  }
  return limits.spool === undefined
    ? await fromStream(image, limits)
    : await fromFile(await spooled(image, limits, limits.spool), limits.svg)
}

export function assertSource(image: unknown): asserts image is ImageSource {
  const fits =
    typeof image === 'string' ||
    image instanceof Uint8Array ||
    (image instanceof URL && image.protocol === 'file:') ||
    (typeof image === 'object' && image !== null && Symbol.asyncIterator in image)
  if (!fits) {
    throw new TypeError(`Expected an image as a path, a file: URL, a Uint8Array or a stream, got ${String(image)}`)
  }
}

function checkedType(start: Uint8Array, svg: boolean): ImageType {
  if (start.length === 0) throw new RedRatioError('CORRUPT', 'Expected an image, got no bytes')
  const type = imageTypeOf(start)
  if (type === undefined) {
    throw new RedRatioError('UNSUPPORTED', 'Expected a JPEG, PNG, WebP, GIF, TIFF or AVIF image, got something else')
  }
  if (type === 'svg' && !svg) {
    throw new RedRatioError('UNSUPPORTED', 'Expected a raster image, got SVG: allow it by the option `svg`')
  }
  return type
}

/** Opens without waiting, since a named pipe would wait for a writer for ever. */
async function fromFile(path: string, svg: boolean): Promise<Source> {
  const file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0))
  try {
    const stats = await file.stat()
    if (stats.isDirectory()) throw new RedRatioError('EISDIR', `Expected the file of an image, got the folder ${path}`)
    if (!stats.isFile()) throw new RedRatioError('UNSUPPORTED', `Expected a regular file, got ${path}`)
    const type = checkedType(await startOf(file), svg)
    // given as bytes, an SVG has no place from which it could read its neighbours
    return { input: type === 'svg' ? await file.readFile() : path, type }
  } finally {
    await file.close()
  }
}

async function startOf(file: FileHandle): Promise<Uint8Array> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(TYPE_BYTES), 0, TYPE_BYTES, 0)
  return buffer.subarray(0, bytesRead)
}

async function fromStream(stream: AsyncIterable<Uint8Array>, limits: SourceLimits): Promise<Source> {
  const chunks: Uint8Array[] = []
  for await (const chunk of limited(stream, limits)) chunks.push(chunk)
  const input = Buffer.concat(chunks)
  return { input, type: checkedType(input, limits.svg) }
}

async function spooled(
  stream: AsyncIterable<Uint8Array>,
  limits: SourceLimits,
  folder: TemporaryFolder,
): Promise<string> {
  const path = await folder.path('image')
  const file = await open(path, 'wx')
  try {
    for await (const chunk of limited(stream, limits)) await file.writeFile(chunk)
  } finally {
    await file.close()
  }
  return path
}

/** Ends (and destroys) a stream that is too long, or that does not start like an image. */
async function* limited(stream: AsyncIterable<Uint8Array>, limits: SourceLimits): AsyncIterable<Uint8Array> {
  const { svg, maxBytes, signal } = limits
  if (signal !== undefined && stream instanceof Readable) addAbortSignal(signal, stream)
  let start: Uint8Array | undefined = new Uint8Array()
  let length = 0
  for await (const chunk of read(stream)) {
    length += chunk.length
    if (length > maxBytes) throw new RedRatioError('TOO_LARGE', `Expected at most ${maxBytes} bytes, got more`)
    if (start !== undefined) {
      start = Buffer.concat([start, chunk.subarray(0, TYPE_BYTES)])
      if (start.length >= TYPE_BYTES) {
        checkedType(start, svg)
        start = undefined
      }
    }
    yield chunk
  }
}

async function* read(stream: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  try {
    for await (const chunk of stream) {
      if (!(chunk instanceof Uint8Array)) throw new TypeError(`Expected a stream of bytes, got a ${typeof chunk}`)
      yield chunk
    }
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause)
    throw new RedRatioError('UNREADABLE', `The stream failed: ${message}`, { cause })
  }
}
