import type { PixelImage, Pixels, RedRatioOptions } from './layout.ts'
import { createRedCounter, type RedRatioDetails } from './red-counter.ts'

/**
 * How much red is in these pixels, from 0 (none) to 1 (all).
 *
 * @param pixels Samples, never changed, or an object `{ data, width, height }` such as a canvas's ImageData.
 * @throws TypeError, RangeError for a wrong or unknown option, zero pixels, a length that does not fit, a
 *   floating-point sample that is not from 0 to 1.
 * @example
 * ```ts
 * import { redRatio } from 'ruddle/red-ratio'
 *
 * const redAndWhite = new Uint8Array([255, 0, 0, 255, 255, 255])
 * redRatio(redAndWhite, { channels: 3 }) // => 0.5
 * ```
 */
export function redRatio(pixels: Pixels | PixelImage, options: RedRatioOptions = {}): number {
  return redRatioDetails(pixels, options).ratio
}

/**
 * The ratio as `redRatio` gives it, with the exact sums behind it.
 *
 * @throws As `redRatio`.
 * @example
 * ```ts
 * import { redRatioDetails } from 'ruddle/red-ratio'
 *
 * const image = { width: 2, height: 1, data: new Uint8ClampedArray([255, 0, 0, 255, 0, 0, 255, 51]) }
 * redRatioDetails(image).ratio // => 255 / 306
 * redRatioDetails(image, { alpha: 'ignore' }) // => { ratio: 0.5, redWeight: 1, weight: 2, pixels: 2, definition: 'area/1:h20,s50,v20' }
 * ```
 */
export function redRatioDetails(pixels: Pixels | PixelImage, options: RedRatioOptions = {}): RedRatioDetails {
  if (!isImage(pixels)) return count(pixels, options)
  const { data, width, height } = pixels
  for (const [name, own] of Object.entries({ width, height })) {
    const asked = name === 'width' ? options.width : options.height
    if (asked !== undefined && asked !== own) {
      throw new RangeError(`Expected \`${name}\` to be the image's ${own}, got ${asked}`)
    }
  }
  return count(data, { channels: 4, ...options, width, height })
}

function isImage(pixels: Pixels | PixelImage): pixels is PixelImage {
  return typeof pixels === 'object' && pixels !== null && !ArrayBuffer.isView(pixels) && 'data' in pixels
}

function count(pixels: Pixels, options: RedRatioOptions): RedRatioDetails {
  const counter = createRedCounter(options)
  counter.push(pixels)
  return counter.result()
}
