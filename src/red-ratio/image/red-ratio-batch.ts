import { setMaxListeners } from 'node:events'
import { availableParallelism } from 'node:os'
import type { RedRatioDetails } from '../red-counter.ts'
import { type RedRatioOfOptions, validated } from './options.ts'
import { RedRatioError } from './red-ratio-error.ts'
import { redRatioOf } from './red-ratio-of.ts'
import { loadSharp } from './sharp-peer.ts'
import { assertSource, type ImageSource } from './source.ts'

export interface RedRatioBatchOptions extends RedRatioOfOptions {
  /** Images decoded at the same time, each in memory of its own. @default the processor's cores, at most 4 */
  readonly concurrency?: number
}

/** What became of one image: its details, or why there are none. */
export type RedRatioOutcome<Image extends ImageSource = ImageSource> =
  | { readonly image: Image; readonly details: RedRatioDetails; readonly error?: never }
  | { readonly image: Image; readonly details?: never; readonly error: RedRatioError }

/**
 * Measures many images, a few at a time, and yields what became of each in the order of the input. An image that
 * cannot be measured is one entry with an error; the rest goes on. Images are taken from the input only as results
 * are taken from here, so that neither has to fit into memory. Leaving the loop early aborts what has been begun.
 *
 * @throws RedRatioError `ABORTED` when the signal says so, `MISSING_PEER`; TypeError, RangeError for wrong options.
 * @example
 * ```ts
 * import { redRatioBatch } from 'ruddle/red-ratio/image'
 *
 * const codes = []
 * for await (const { details, error } of redRatioBatch(['photos/tomatoes.jpg', 'no-such-file.jpg'])) {
 *   codes.push(error === undefined ? details.ratio > 0.2 : error.code)
 * }
 * codes // => [true, 'ENOENT']
 * ```
 */
export function redRatioBatch<Image extends ImageSource>(
  images: Iterable<Image> | AsyncIterable<Image>,
  options: RedRatioBatchOptions = {},
): AsyncGenerator<RedRatioOutcome<Image>, void, void> {
  const { concurrency = Math.min(4, availableParallelism()), ...rest } = options
  if (!Number.isSafeInteger(concurrency) || concurrency < 1) {
    throw new RangeError(`Expected \`concurrency\` to be a whole number of at least 1, got ${concurrency}`)
  }
  validated(rest)
  return outcomes(images, concurrency, rest)
}

async function* outcomes<Image extends ImageSource>(
  images: Iterable<Image> | AsyncIterable<Image>,
  concurrency: number,
  options: RedRatioOfOptions,
): AsyncGenerator<RedRatioOutcome<Image>, void, void> {
  await loadSharp() // its absence is not the fault of one image
  const leaving = new AbortController()
  const signal = AbortSignal.any([leaving.signal, ...(options.signal === undefined ? [] : [options.signal])])
  setMaxListeners(0, signal) // one for every image under way
  const measure = async (image: Image): Promise<RedRatioOutcome<Image>> => {
    try {
      return { image, details: await redRatioOf(image, { ...options, signal }) }
    } catch (error) {
      if (error instanceof RedRatioError && error.code !== 'ABORTED') return { image, error }
      throw error
    }
  }
  const begun: Promise<RedRatioOutcome<Image>>[] = []
  try {
    for await (const image of images) {
      assertSource(image)
      const outcome = measure(image)
      outcome.catch(() => {}) // seen when its turn comes
      begun.push(outcome)
      if (begun.length === concurrency) yield await begun.shift()!
    }
    while (begun.length > 0) yield await begun.shift()!
  } finally {
    leaving.abort()
    await Promise.allSettled(begun)
  }
}
