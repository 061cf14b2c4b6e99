import { layoutOf } from '../layout.ts'
import type { Question } from './decode.ts'

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

/** The options, complete and known to be right. */
export interface Wishes {
  readonly pages: 'first' | 'all' | number
  readonly maxPixels: number
  readonly memory: 'auto' | 'bounded'
  readonly svg: boolean
  readonly signal: AbortSignal | undefined
  readonly question: Question
}

export function validated(options: RedRatioOfOptions): Wishes {
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
