import type { Layout, Pixels } from './layout.ts'
import { type Depth, quantise } from './samples.ts'

/** Integer samples of whole pixels, red first: what the kernels count. */
export type Packed = Uint8Array | Uint8ClampedArray | Uint16Array

export interface Packer {
  /** RGB, or RGBA where alpha weighs. */
  readonly packedChannels: 3 | 4
  /** Brings whole pixels into that form; the result is valid until the next call, and is the input itself if it can be. */
  pack(samples: Pixels): Packed
}

/** So that a kernel knows only two forms of pixels: everything rarer (grey, BGR, floats, ignored alpha) is copied into one of them. */
export function packer(
  { channels, order, alpha }: Pick<Layout, 'channels' | 'order' | 'alpha'>,
  depth: Depth,
  samplesPerBlock: number,
): Packer {
  const packedChannels = channels % 2 === 0 && alpha === 'weight' ? 4 : 3
  const integers =
    depth === 'floating point'
      ? quantiser(samplesPerBlock)
      : (samples: Pixels) => samples as Exclude<Pixels, Float32Array>
  if (channels === packedChannels && order === 'rgb') return { packedChannels, pack: integers }

  const Samples = depth === '8 bit' ? Uint8Array : Uint16Array
  const target = new Samples((samplesPerBlock / channels) * packedChannels)
  const [red, green, blue] = channels < 3 ? [0, 0, 0] : order === 'rgb' ? [0, 1, 2] : [2, 1, 0]
  return {
    packedChannels,
    pack(samples) {
      const source = integers(samples)
      let to = 0
      for (let from = 0; from < source.length; from += channels) {
        target[to++] = source[from + red!]!
        target[to++] = source[from + green!]!
        target[to++] = source[from + blue!]!
        if (packedChannels === 4) target[to++] = source[from + channels - 1]!
      }
      return target.subarray(0, to)
    },
  }
}

function quantiser(samplesPerBlock: number): (samples: Pixels) => Uint16Array {
  const target = new Uint16Array(samplesPerBlock)
  return (samples) => quantise(samples, target)
}
