import fc from 'fast-check'
import type { Pixels } from '../../src/red-ratio/index.ts'

/** A fraction of white; with the values at which a limit decides, far more often than chance would have them. */
const fraction = fc.oneof(
  { weight: 3, arbitrary: fc.integer({ min: 0, max: 255 }).map((sample) => sample / 255) },
  { weight: 1, arbitrary: fc.constantFrom(0, 0.2, 0.25, 0.5, 0.75, 1, 51 / 255, 50 / 255, 127 / 255, 128 / 255) },
)

const types = {
  Uint8Array: (values: number[]) => Uint8Array.from(values, (value) => Math.round(value * 255)),
  Uint8ClampedArray: (values: number[]) => Uint8ClampedArray.from(values, (value) => value * 255),
  Buffer: (values: number[]) => Buffer.from(values.map((value) => Math.round(value * 255))),
  Uint16Array: (values: number[]) => Uint16Array.from(values, (value) => Math.round(value * 65_535)),
  Float32Array: (values: number[]) => Float32Array.from(values),
} satisfies Record<string, (values: number[]) => Pixels>

export const typeOfPixels: fc.Arbitrary<keyof typeof types> = fc.constantFrom(
  'Uint8Array',
  'Uint8ClampedArray',
  'Buffer',
  'Uint16Array',
  'Float32Array',
)

/** Samples in an array of the type, at an offset into a larger buffer. */
export function samplesOf(type: keyof typeof types, values: number[], offset = 0): Pixels {
  const whole = types[type]([...Array<number>(offset).fill(1), ...values, 1, 1])
  return whole.subarray(offset, offset + values.length)
}

export function values(least: number, most: number): fc.Arbitrary<number[]> {
  return fc.array(fraction, { minLength: least, maxLength: most })
}

/** The same 2^24 colours for every test that needs all: red changes slowest, blue fastest. */
export function* cube(): Iterable<Uint8Array> {
  const plane = new Uint8Array(65_536 * 3)
  for (let i = 0; i < 65_536; i++) plane.set([0, i >> 8, i & 255], i * 3)
  for (let red = 0; red < 256; red++) {
    for (let i = 0; i < plane.length; i += 3) plane[i] = red
    yield plane
  }
}
