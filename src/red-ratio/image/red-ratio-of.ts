import type { RedRatioDetails } from '../red-counter.ts'
import { countInMemory, countThroughFile, pixelsOf } from './decode.ts'
import { type RedRatioOfOptions, validated } from './options.ts'
import { RedRatioError, redRatioErrorOf } from './red-ratio-error.ts'
import { loadSharp, type SharpMetadata, type SharpOptions } from './sharp-peer.ts'
import { assertSource, type ImageSource, openSource } from './source.ts'
import { temporaryFolder } from './temporary-folder.ts'

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
    signal?.throwIfAborted()
    const spool = memory === 'bounded' ? folder : undefined
    const source = await openSource(image, { svg, maxBytes: maxPixels * MAX_BYTES_A_PIXEL, spool, signal })
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
  return await new Promise<T>((resolve, reject) => {
    const abort = (): void => reject(signal.reason)
    signal.addEventListener('abort', abort)
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort))
  })
}
