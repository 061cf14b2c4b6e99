import { readFile } from 'node:fs/promises'
import type { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import type { RedRatioDetails } from '../red-counter.ts'
import { redRatioDetails } from '../red-ratio.ts'
import { RedRatioError } from './red-ratio-error.ts'
import { loadSharp } from './sharp-peer.ts'

export interface RedRatioOfOptions {
  /** What "red" means. @default 'area/1:h20,s50,v20' */
  readonly definition?: string
  /** @default 'weight' */
  readonly alpha?: 'weight' | 'ignore'
  /** The largest image that is decoded, in pixels. @default 100_000_000 */
  readonly maxPixels?: number
  readonly signal?: AbortSignal
}

/**
 * How much red is in an image, from 0 to 1, with the sums behind it.
 *
 * @param image The path of a file, a `file:` URL, the bytes of a file, or a stream of them.
 * @throws RedRatioError
 
 */
export async function redRatioOf(
  image: string | URL | Uint8Array | Readable,
  options: RedRatioOfOptions = {},
): Promise<RedRatioDetails> {
  const { definition, alpha, maxPixels = 100_000_000, signal } = options
  const sharp = await loadSharp()
  try {
    signal?.throwIfAborted()
    const bytes =
      typeof image === 'string' || image instanceof URL
        ? await readFile(image, { signal })
        : image instanceof Uint8Array
          ? image
          : await buffer(image)
    const { data, info } = await sharp(bytes, { limitInputPixels: maxPixels })
      .raw()
      .toBuffer({ resolveWithObject: true })
    return redRatioDetails(data, {
      channels: info.channels === 4 ? 4 : 3,
      ...(definition !== undefined && { definition }),
      ...(alpha !== undefined && { alpha }),
    })
  } catch (error) {
    if (!(error instanceof Error) || error instanceof TypeError || error instanceof RangeError) throw error
    if (signal?.aborted) throw new RedRatioError('ABORTED', 'The measuring was aborted', { cause: error })
    const code = 'code' in error && typeof error.code === 'string' ? error.code : 'UNSUPPORTED'
    throw new RedRatioError(code, error.message, { cause: error })
  }
}
