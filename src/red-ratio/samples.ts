import type { Pixels } from './layout.ts'

export type Depth = '8 bit' | '16 bit' | 'floating point'

const depths: Readonly<Record<string, Depth>> = {
  Uint8Array: '8 bit',
  Uint8ClampedArray: '8 bit',
  Uint16Array: '16 bit',
  Float32Array: 'floating point',
}

export function depthOf(samples: Pixels): Depth {
  // by its tag, since arrays of another realm (an iframe, a vm context) are not instances of this one's classes
  const tag = Object.prototype.toString.call(samples).slice('[object '.length, -1)
  const depth = ArrayBuffer.isView(samples) ? depths[tag] : undefined
  if (depth === undefined) {
    throw new TypeError(`Expected pixels in a ${Object.keys(depths).join(', ')} or ImageData, got ${tag}`)
  }
  return depth
}

export function emptySamples(depth: Depth, length: number): Uint8Array | Uint16Array | Float32Array {
  switch (depth) {
    case '8 bit':
      return new Uint8Array(length)
    case '16 bit':
      return new Uint16Array(length)
    case 'floating point':
      return new Float32Array(length)
  }
}

/** Samples from 0 to 1 as 16-bit integers, to the nearest. */
export function quantise(samples: Pixels, target: Uint16Array): Uint16Array {
  for (let i = 0; i < samples.length; i++) {
    const sample = samples[i]!
    if (!(sample >= 0 && sample <= 1)) {
      throw new RangeError(`Expected floating-point samples to be from 0 to 1, got ${sample}`)
    }
    target[i] = sample * 65_535 + 0.5
  }
  return target.subarray(0, samples.length)
}
