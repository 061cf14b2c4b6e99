import type { RedDefinition } from './definition.ts'
import { kernelOf } from './kernels/kernel.ts'
import { type Layout, layoutOf, type Pixels, type RedRatioOptions } from './layout.ts'
import { packer } from './pack.ts'
import { type Depth, depthOf, emptySamples } from './samples.ts'

export interface RedRatioDetails {
  /** From 0 to 1: `redWeight / weight`, or 0 when nothing weighs (all is transparent; for `share`, black). */
  readonly ratio: number
  /** The sum above the line: of red pixels, of their alphas, or of samples, as the definition says. Exact below 2^53. */
  readonly redWeight: number
  /** The sum below the line. Exact below 2^53. */
  readonly weight: number
  /** How many pixels were looked at. */
  readonly pixels: number
  /** The id of the definition. */
  readonly definition: RedDefinition
}

/** Counts red over pixels that arrive piece by piece. */
export interface RedCounter {
  /** Takes the next samples; a piece may end anywhere, within a pixel too. All pieces have one depth. */
  push(chunk: Pixels): void
  /** The result so far. Throws RangeError when there are no pixels yet, or the last pixel or row is not complete. */
  result(): RedRatioDetails
}

/**
 * A counter for pixels that do not come in one piece. However they are cut, the sums are the same integers.
 *
 * @throws TypeError, RangeError for a wrong or unknown option.
 * @example
 * ```ts
 * import { createRedCounter } from 'ruddle/red-ratio'
 *
 * const counter = createRedCounter({ channels: 3 })
 * counter.push(new Uint8Array([255, 0, 0, 0]))
 * counter.push(new Uint8Array([0, 255]))
 * counter.result().ratio // => 0.5
 * ```
 */
export function createRedCounter(options: RedRatioOptions): RedCounter {
  const layout = layoutOf(options)
  let input: { depth: Depth; reader: RowReader } | undefined
  return {
    push(chunk) {
      const depth = depthOf(chunk)
      input ??= { depth, reader: rowReader(layout, depth) }
      if (depth !== input.depth) throw new TypeError(`Expected all pieces to be ${input.depth}, got ${depth}`)
      input.reader.push(chunk)
    },
    result() {
      if (input === undefined) throw new RangeError('Expected at least one pixel, got none')
      const { red, weight, pixels } = input.reader.result()
      const ratio = weight === 0n ? 0 : Number(red) / Number(weight)
      return { ratio, redWeight: Number(red), weight: Number(weight), pixels, definition: layout.id }
    },
  }
}

interface Sums {
  /** Block sums are added up as big integers: 16 bit times alpha passes 2^53 at two million pixels. */
  readonly red: bigint
  readonly weight: bigint
  readonly pixels: number
}

interface RowReader {
  push(chunk: Pixels): void
  result(): Sums
}

/** Leaves out what pads the rows. */
function rowReader({ width, height, bytesPerRow, ...layout }: Layout, depth: Depth): RowReader {
  const reader = pixelReader(layout, depth)
  const bytesPerSample = { '8 bit': 1, '16 bit': 2, 'floating point': 4 }[depth]
  const samplesPerRow = (width ?? 0) * layout.channels
  const stride = (bytesPerRow ?? samplesPerRow * bytesPerSample) / bytesPerSample
  if (!Number.isInteger(stride) || stride < samplesPerRow) {
    throw new RangeError(
      `Expected \`bytesPerRow\` to be a multiple of ${bytesPerSample}, at least ${samplesPerRow * bytesPerSample}, got ${bytesPerRow}`,
    )
  }
  let inRow = 0
  return {
    push(chunk) {
      if (stride === samplesPerRow) return reader.push(chunk)
      for (let at = 0; at < chunk.length; ) {
        const inPixels = inRow < samplesPerRow
        const end = Math.min(chunk.length, at + (inPixels ? samplesPerRow : stride) - inRow)
        if (inPixels) reader.push(chunk.subarray(at, end))
        inRow = (inRow + end - at) % stride
        at = end
      }
    },
    result() {
      const sums = reader.result()
      const rows = sums.pixels / (width ?? 1)
      // the last row may lack what pads it
      if (!Number.isInteger(rows) || (inRow !== 0 && inRow !== samplesPerRow)) {
        throw new RangeError(`Expected complete rows of ${width} pixels, got ${sums.pixels} pixels`)
      }
      if (height !== undefined && rows !== height) throw new RangeError(`Expected ${height} rows, got ${rows}`)
      return sums
    },
  }
}

/** Small enough for sums far below 2^53 and for the processor's second cache, large enough to cost no time. */
const PIXELS_A_BLOCK = 32_768

/** Cuts into blocks of whole pixels and adds up what the kernel says of each. */
function pixelReader(layout: Pick<Layout, 'channels' | 'order' | 'alpha' | 'definition'>, depth: Depth): RowReader {
  const { channels } = layout
  const samplesPerBlock = PIXELS_A_BLOCK * channels
  const { pack, packedChannels } = packer(layout, depth, samplesPerBlock)
  const kernel = kernelOf(layout.definition, depth === '8 bit' ? 8 : 16, packedChannels)
  const partial = emptySamples(depth, channels)
  let partialLength = 0
  let red = 0n
  let weight = 0n
  let pixels = 0

  const count = (samples: Pixels): void => {
    const tally = kernel(pack(samples))
    red += BigInt(tally.red)
    weight += BigInt(tally.weight)
    pixels += samples.length / channels
  }
  return {
    push(chunk) {
      let at = 0
      if (partialLength > 0) {
        while (partialLength < channels && at < chunk.length) partial[partialLength++] = chunk[at++]!
        if (partialLength < channels) return
        partialLength = 0
        count(partial)
      }
      const end = chunk.length - ((chunk.length - at) % channels)
      for (; at < end; at += samplesPerBlock) count(chunk.subarray(at, Math.min(end, at + samplesPerBlock)))
      for (at = end; at < chunk.length; at++) partial[partialLength++] = chunk[at]!
    },
    result() {
      if (partialLength > 0) {
        throw new RangeError(`Expected whole pixels of ${channels} samples, got ${partialLength} samples too many`)
      }
      if (pixels === 0) throw new RangeError('Expected at least one pixel, got none')
      return { red, weight, pixels }
    },
  }
}
