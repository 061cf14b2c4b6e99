import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  area,
  createRedCounter,
  excess,
  mean,
  oklch,
  type Pixels,
  redRatioDetails,
  share,
} from '../../src/red-ratio/index.ts'
import { samplesOf, typeOfPixels, values } from './random-pixels.ts'

/** The array in pieces that end at the given places. */
function cut(pixels: Pixels, places: readonly number[]): Pixels[] {
  const ends = [...places.map((place) => Math.floor(place * pixels.length)), pixels.length].sort((a, b) => a - b)
  return ends.map((end, i) => pixels.subarray(ends[i - 1] ?? 0, end))
}

const places = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 12 })

describe('however the pixels are cut, the sums are the same', () => {
  it.each([area(), excess, share, mean, oklch])('%s', (definition) => {
    fc.assert(
      fc.property(
        typeOfPixels,
        fc.constantFrom(1, 2, 3, 4),
        fc.constantFrom('rgb', 'bgr'),
        values(4, 200),
        places,
        (type, channels, order, samples, places) => {
          const options = { channels: channels as 1 | 2 | 3 | 4, order: order as 'rgb' | 'bgr', definition }
          const pixels = samplesOf(type, samples.slice(samples.length % channels))
          const counter = createRedCounter(options)
          for (const piece of cut(pixels, places)) counter.push(piece)
          expect(counter.result()).toEqual(redRatioDetails(pixels, options))
        },
      ),
    )
  })

  it('with padded rows', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 0, max: 5 }),
        values(80, 200),
        places,
        (width, padding, samples, places) => {
          const stride = width * 3 + padding
          const height = Math.floor(samples.length / stride)
          const padded = samplesOf('Uint8Array', samples.slice(0, height * stride)) as Uint8Array
          const packed = padded.filter((_, i) => i % stride < width * 3)
          const counter = createRedCounter({ channels: 3, width, height, bytesPerRow: stride })
          for (const piece of cut(padded, places)) counter.push(piece)
          expect(counter.result()).toEqual(redRatioDetails(packed, { channels: 3 }))
        },
      ),
    )
  })

  it('in pieces larger than a block that begin within a word', () => {
    const pixels = Uint8Array.from({ length: 600_000 }, (_, i) => Math.imul(i, 2_654_435_761) >>> 24)
    for (const channels of [3, 4] as const) {
      const counter = createRedCounter({ channels })
      for (const piece of [pixels.subarray(0, 1), pixels.subarray(1, 400_000), pixels.subarray(400_000)])
        counter.push(piece)
      expect(counter.result()).toEqual(redRatioDetails(pixels, { channels }))
    }
  })
})

describe('sums stay exact', () => {
  it('beyond 2^31', () => {
    const block = new Uint8Array(300_000).fill(255)
    const counter = createRedCounter({ channels: 3, definition: mean })
    for (let i = 0; i < 200; i++) counter.push(block)
    expect(counter.result()).toEqual({
      ratio: 1,
      redWeight: 200 * 100_000 * 255,
      weight: 200 * 100_000 * 255,
      pixels: 20_000_000,
      definition: mean,
    })
  })

  it('in the ratio, beyond 2^53: 16 bit times alpha over millions of pixels', () => {
    const block = new Uint16Array(4 * 500_000).fill(65_535)
    const counter = createRedCounter({ channels: 4, definition: share })
    for (let i = 0; i < 8; i++) counter.push(block)
    counter.push(Uint16Array.of(65_535, 0, 0, 65_535))
    const pixel = 65_535n * 65_535n
    const [red, weight] = [pixel * 4_000_001n, pixel * 12_000_001n]
    expect(weight).toBeGreaterThan(2n ** 53n)
    expect(counter.result()).toMatchObject({ ratio: Number(red) / Number(weight), weight: Number(weight) })
  })
})

it('says what it has so far, and goes on', () => {
  const counter = createRedCounter({ channels: 3 })
  expect(() => counter.result()).toThrow(new RangeError('Expected at least one pixel, got none'))
  counter.push(Uint8Array.of(255, 0, 0))
  expect(counter.result().ratio).toBe(1)
  counter.push(Uint8Array.of(0))
  expect(() => counter.result()).toThrow(RangeError)
  counter.push(Uint8Array.of(255, 0))
  expect(counter.result().ratio).toBe(0.5)
})

it('takes pieces of one depth only', () => {
  const counter = createRedCounter({ channels: 3 })
  counter.push(new Uint8ClampedArray(3))
  counter.push(Buffer.alloc(3))
  expect(() => counter.push(new Uint16Array(3))).toThrow(new TypeError('Expected all pieces to be 8 bit, got 16 bit'))
})
