import { layoutOf } from '../layout.ts'
import type { RedRatioDetails } from '../red-counter.ts'
import { countInMemory, countThroughFile, pixelsOf } from './decode.ts'
import { RedRatioError, redRatioErrorOf } from './red-ratio-error.ts'
import { loadSharp, type SharpMetadata, type SharpOptions } from './sharp-peer.ts'
import { assertSource, type ImageSource, openSource } from './source.ts'
import { temporaryFolder } from './temporary-folder.ts'

export interface RedRatioOfOptions {
  /** What "red" means: an id, as `area()`, `excess`, … give it. @default 'area/1:h20,s50,v20' */
  readonly definition?: string
  /** Whether a pixel counts by its alpha, or alpha is ignored and every pixel counts alike. @default 'weight' */
  readonly alpha?: 'weight' | 'ignore'
  /** Which pages of a TIFF, or frames of an animation: numbers start at 0. @default 'first' */
  readonly pages?: 'first' | 'all' | number
  /**
   * The largest image that is decoded: pixels of all pages asked for. A stream may also have no more than 8 bytes for
   * each of them. @default 100_000_000
   */
  readonly maxPixels?: number
  /**
   * `bounded` decodes through a temporary file instead of memory: tens of MB whatever the size of a JPEG, PNG or TIFF
   * (WebP and AVIF are decoded as a whole anyway). `auto` does so above 32 million pixels. Both count the same.
   * @default 'auto'
   */
  readonly memory?: 'auto' | 'bounded'
  /** Whether SVG is drawn and measured, at its own size. @default false */
  readonly svg?: boolean
  /** Gives up waiting and removes temporary files. A decoding that has begun ends in the background. */
  readonly signal?: AbortSignal
}

/** Up to here the pixels (100 MB of RGB) stay in memory by default, which is faster for a PNG. */
const AUTO_PIXELS_IN_MEMORY = 32_000_000
/** 16 bit, RGBA: more than any image needs that is worth compressing. */
const MAX_BYTES_A_PIXEL = 8

/**
 * How much red is in an image, from 0 to 1, with the sums behind it. JPEG, PNG, WebP, GIF, TIFF and AVIF, by their
 * first bytes, whatever the name says; converted to sRGB by their profile.
 *
 * @throws RedRatioError when the image cannot be measured (see its codes); TypeError, RangeError for wrong options.
 * @example
 * ```ts
 * import { redRatioOf } from 'ruddle/red-ratio/image'
 *
 * const { ratio, definition } = await redRatioOf('photos/tomatoes.jpg')
 * ratio > 0.25 && ratio < 0.35 // => true
 * definition // => 'area/1:h20,s50,v20'
 * ```
 */
export async function redRatioOf(image: ImageSource, options: RedRatioOfOptions = {}): Promise<RedRatioDetails> {
  assertSource(image)
  const { pages, maxPixels, memory, svg, signal, question } = validated(options)
  const sharp = await loadSharp()
  const folder = temporaryFolder()
  const measure = async (): Promise<RedRatioDetails> => {
    const spool = memory === 'bounded' ? folder : undefined
    const source = await openSource(image, { svg, maxBytes: maxPixels * MAX_BYTES_A_PIXEL, spool })
    signal?.throwIfAborted()
    const first = { limitInputPixels: maxPixels }
    const metadata = await sharp.open(source.input, first).metadata()
    const decoded = pixelsOf(sharp, source, { ...first, ...pageOptions(pages, metadata) }, metadata, question)
    const pixels = metadata.width * metadata.height * (pages === 'all' ? (metadata.pages ?? 1) : 1)
    const throughFile = memory === 'bounded' || (pixels > AUTO_PIXELS_IN_MEMORY && sharp.writesVipsFiles)
    signal?.throwIfAborted()
    return throughFile
      ? await countThroughFile(decoded, await folder.path('pixels.v'), question, signal)
      : await countInMemory(decoded, question)
  }
  try {
    return await unlessAborted(measure(), signal)
  } catch (error) {
    throw redRatioErrorOf(error, signal)
  } finally {
    await folder.remove()
  }
}

function pageOptions(pages: 'first' | 'all' | number, metadata: SharpMetadata): Partial<SharpOptions> {
  const { pages: count = 1 } = metadata
  if (pages === 'all') return count > 1 ? { pages: -1 } : {}
  if (pages === 'first' || pages === 0) return {}
  if (pages < count) return { page: pages }
  throw new RedRatioError('NO_PAGE', `Expected page ${pages}, got an image of ${count} (they are counted from 0)`)
}

/** Rejects as soon as the signal says so, while the work goes on unwatched. */
async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return await work
  let abort: (() => void) | undefined
  const aborted = new Promise<never>((_, reject) => {
    abort = () => reject(signal.reason)
    signal.addEventListener('abort', abort)
    if (signal.aborted) abort()
  })
  try {
    return await Promise.race([work, aborted])
  } finally {
    signal.removeEventListener('abort', abort!)
    work.catch(() => {})
  }
}

function validated(options: RedRatioOfOptions) {
  const {
    definition,
    alpha,
    pages = 'first',
    maxPixels = 100_000_000,
    memory = 'auto',
    svg = false,
    signal,
    ...unknown
  } = options
  for (const name of Object.keys(unknown)) {
    throw new TypeError(
      `Expected the options definition, alpha, pages, maxPixels, memory, svg and signal, got \`${name}\``,
    )
  }
  if (pages !== 'first' && pages !== 'all' && !(Number.isSafeInteger(pages) && pages >= 0)) {
    throw new RangeError(`Expected \`pages\` to be 'first', 'all' or a number from 0, got ${String(pages)}`)
  }
  if (!Number.isSafeInteger(maxPixels) || maxPixels < 1) {
    throw new RangeError(`Expected \`maxPixels\` to be a whole number of at least 1, got ${maxPixels}`)
  }
  if (memory !== 'auto' && memory !== 'bounded') {
    throw new RangeError(`Expected \`memory\` to be 'auto' or 'bounded', got ${String(memory)}`)
  }
  if (typeof svg !== 'boolean') throw new TypeError(`Expected \`svg\` to be true or false, got ${String(svg)}`)
  if (signal !== undefined && !(signal instanceof AbortSignal)) {
    throw new TypeError(`Expected \`signal\` to be an AbortSignal, got ${String(signal)}`)
  }
  const question = { ...(definition !== undefined && { definition }), ...(alpha !== undefined && { alpha }) }
  layoutOf({ ...question, channels: 3 })
  return { pages, maxPixels, memory, svg, signal, question }
}
