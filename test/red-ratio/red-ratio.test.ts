import { runInNewContext } from 'node:vm'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { area, excess, mean, type Pixels, redRatio, redRatioDetails, share } from '../../src/red-ratio/index.ts'
import { coloursOf, isRed, type PlainOptions, sum } from './plain-red.ts'
import { samplesOf, typeOfPixels, values } from './random-pixels.ts'

const layouts = fc.record({
  channels: fc.constantFrom(1, 2, 3, 4),
  order: fc.constantFrom('rgb', 'bgr'),
  alpha: fc.constantFrom('weight', 'ignore'),
}) as fc.Arbitrary<PlainOptions>

const pictures = fc.record({
  type: typeOfPixels,
  layout: layouts,
  samples: values(4, 400),
  offset: fc.integer({ min: 0, max: 9 }),
})

function pictureOf(type: Parameters<typeof samplesOf>[0], channels: number, samples: number[], offset: number): Pixels {
  return samplesOf(type, samples.slice(0, samples.length - (samples.length % channels)), offset)
}

describe('agrees with the definition written down plainly, for every type, layout and offset', () => {
  it('area', () => {
    const limits = fc.tuple(
      fc.integer({ min: 1, max: 59 }),
      fc.integer({ min: 0, max: 100 }),
      fc.integer({ min: 0, max: 100 }),
    )
    fc.assert(
      fc.property(pictures, limits, ({ type, layout, samples, offset }, [hue, saturation, value]) => {
        const pixels = pictureOf(type, layout.channels, samples, offset)
        const { white, colours } = coloursOf(pixels, layout)
        const definition = area({ hue, saturation: saturation / 100, value: value / 100 })
        const { redWeight, weight, pixels: count } = redRatioDetails(pixels, { ...layout, definition })
        expect(count).toBe(colours.length)
        expect(weight).toBe(sum(colours.map(({ alpha }) => alpha)))
        expect(redWeight).toBe(
          sum(colours.filter((colour) => isRed(colour, white, hue, saturation, value)).map(({ alpha }) => alpha)),
        )
      }),
    )
  })

  it.each([
    [
      excess,
      ({ red, green, blue }: Record<'red' | 'green' | 'blue', number>) => Math.max(0, red - Math.max(green, blue)),
      undefined,
    ],
    [mean, ({ red }: Record<'red', number>) => red, undefined],
    [
      share,
      ({ red }: Record<'red', number>) => red,
      ({ red, green, blue }: Record<'red' | 'green' | 'blue', number>) => red + green + blue,
    ],
  ])('%s', (definition, above, below) => {
    fc.assert(
      fc.property(pictures, ({ type, layout, samples, offset }) => {
        const pixels = pictureOf(type, layout.channels, samples, offset)
        const { white, colours } = coloursOf(pixels, layout)
        const { redWeight, weight, ratio } = redRatioDetails(pixels, { ...layout, definition })
        expect(redWeight).toBe(sum(colours.map((colour) => above(colour) * colour.alpha)))
        expect(weight).toBe(sum(colours.map((colour) => (below?.(colour) ?? white) * colour.alpha)))
        expect(ratio).toBe(weight === 0 ? 0 : redWeight / weight)
      }),
    )
  })
})

it('8 bit, 16 bit and floating-point copies of a picture give the same ratio', () => {
  fc.assert(
    fc.property(values(3, 300), (samples) => {
      const bytes = samplesOf('Uint8Array', samples.slice(samples.length % 3))
      const expected = redRatio(bytes, { channels: 3 })
      expect(
        redRatio(
          Uint16Array.from(bytes, (sample) => sample * 257),
          { channels: 3 },
        ),
      ).toBe(expected)
      expect(
        redRatio(
          Float32Array.from(bytes, (sample) => sample / 255),
          { channels: 3 },
        ),
      ).toBe(expected)
    }),
  )
})

describe('takes', () => {
  const red = [255, 0, 0]

  it('ImageData-like objects as RGBA', () => {
    const data = new Uint8ClampedArray([255, 0, 0, 255, 0, 0, 255, 51])
    expect(redRatio({ data, width: 2, height: 1 })).toBe(255 / 306)
    expect(redRatio({ data, width: 2, height: 1 }, { alpha: 'ignore' })).toBe(0.5)
  })

  it('memory shared between threads', () => {
    const shared = new Uint8Array(new SharedArrayBuffer(300_000)).fill(200)
    expect(redRatioDetails(shared, { channels: 3, definition: mean }).redWeight).toBe(200 * 100_000)
    expect(redRatioDetails(shared, { channels: 3 })).toMatchObject({ redWeight: 0, weight: 100_000 })
  })

  it('arrays of another realm', () => {
    expect(redRatio(runInNewContext('new Uint8Array([255, 0, 0])'), { channels: 3 })).toBe(1)
  })

  it('rows with padding, with or without that of the last one', () => {
    const padded = new Uint8Array([...red, ...red, 9, 0, 255, 0, ...red, 9])
    const options = { channels: 3, width: 2, height: 2, bytesPerRow: 7 } as const
    expect(redRatio(padded, options)).toBe(0.75)
    expect(redRatio(padded.subarray(0, 13), options)).toBe(0.75)
    expect(
      redRatio(
        Uint16Array.from(padded, (sample) => sample * 257),
        { ...options, bytesPerRow: 14 },
      ),
    ).toBe(0.75)
  })
})

it('does not change the pixels', () => {
  const pixels = new Uint8Array(200_000).map((_, i) => i * 31)
  const copy = pixels.slice()
  for (const order of ['rgb', 'bgr'] as const) redRatio(pixels, { channels: 4, order })
  expect(Buffer.compare(pixels, copy)).toBe(0)
})

describe('refuses', () => {
  const pixel = new Uint8Array([255, 0, 0])
  const wrong = (options: object) => options as { channels: 3 }

  it.each<[string, () => unknown, Error]>([
    [
      'no channels',
      () => redRatio(pixel),
      new TypeError('Expected `channels` to be 1, 2, 3 or 4: the samples a pixel has are never guessed'),
    ],
    [
      '5 channels',
      () => redRatio(pixel, wrong({ channels: 5 })),
      new RangeError('Expected `channels` to be one of 1, 2, 3, 4, got 5'),
    ],
    [
      'another order',
      () => redRatio(pixel, wrong({ channels: 3, order: 'grb' })),
      new RangeError('Expected `order` to be one of rgb, bgr, got grb'),
    ],
    [
      'another alpha',
      () => redRatio(pixel, wrong({ channels: 3, alpha: 1 })),
      new RangeError('Expected `alpha` to be one of weight, ignore, got 1'),
    ],
    [
      'an unknown option',
      () => redRatio(pixel, wrong({ channels: 3, strict: true })),
      new TypeError(
        'Expected the options channels, width, height, bytesPerRow, order, alpha and definition, got `strict`',
      ),
    ],
    [
      'options that are none',
      () => redRatio(pixel, null as unknown as object),
      new TypeError('Expected `options` to be an object, got null'),
    ],
    [
      'no pixels',
      () => redRatio(new Uint8Array(), { channels: 3 }),
      new RangeError('Expected at least one pixel, got none'),
    ],
    [
      'part of a pixel',
      () => redRatio(pixel, { channels: 4 }),
      new RangeError('Expected whole pixels of 4 samples, got 3 samples too many'),
    ],
    [
      'part of a row',
      () => redRatio(pixel, { channels: 3, width: 2 }),
      new RangeError('Expected complete rows of 2 pixels, got 1 pixels'),
    ],
    [
      'too few rows',
      () => redRatio(pixel, { channels: 3, width: 1, height: 2 }),
      new RangeError('Expected 2 rows, got 1'),
    ],
    [
      'a height without a width',
      () => redRatio(pixel, { channels: 3, height: 1 }),
      new TypeError('Expected `width` with `height` or `bytesPerRow`, got none'),
    ],
    [
      'a width of 0',
      () => redRatio(pixel, { channels: 3, width: 0 }),
      new RangeError('Expected `width` to be a whole number of at least 1, got 0'),
    ],
    [
      'rows that overlap',
      () => redRatio(pixel, { channels: 3, width: 1, bytesPerRow: 2 }),
      new RangeError('Expected `bytesPerRow` to be a multiple of 1, at least 3, got 2'),
    ],
    [
      'rows that begin within a sample',
      () => redRatio(new Uint16Array(6), { channels: 3, width: 1, bytesPerRow: 7 }),
      new RangeError('Expected `bytesPerRow` to be a multiple of 2, at least 6, got 7'),
    ],
    [
      'part of what pads a row',
      () => redRatio(new Uint8Array(4), { channels: 3, width: 1, bytesPerRow: 5 }),
      new RangeError('Expected complete rows of 1 pixels, got 1 pixels'),
    ],
    [
      'an image of another size',
      () => redRatio({ data: pixel, width: 1, height: 1 }, { channels: 3, width: 2 }),
      new RangeError("Expected `width` to be the image's 1, got 2"),
    ],
    [
      'an image that is not RGBA',
      () => redRatio({ data: pixel, width: 1, height: 1 }),
      new RangeError('Expected whole pixels of 4 samples, got 3 samples too many'),
    ],
    [
      'NaN',
      () => redRatio(Float32Array.of(1, Number.NaN, 0), { channels: 3 }),
      new RangeError('Expected floating-point samples to be from 0 to 1, got NaN'),
    ],
    [
      'floats up to 255',
      () => redRatio(Float32Array.of(255, 0, 0), { channels: 3 }),
      new RangeError('Expected floating-point samples to be from 0 to 1, got 255'),
    ],
    [
      'negative floats',
      () => redRatio(Float32Array.of(0, 0, -0.5), { channels: 3 }),
      new RangeError('Expected floating-point samples to be from 0 to 1, got -0.5'),
    ],
    [
      'another array',
      () => redRatio(new Float64Array(3) as unknown as Float32Array, { channels: 3 }),
      new TypeError(
        'Expected pixels in a Uint8Array, Uint8ClampedArray, Uint16Array, Float32Array or ImageData, got Float64Array',
      ),
    ],
    [
      'text',
      () => redRatio('ff0000' as unknown as Pixels, { channels: 3 }),
      new TypeError(
        'Expected pixels in a Uint8Array, Uint8ClampedArray, Uint16Array, Float32Array or ImageData, got String',
      ),
    ],
    [
      'an array that only looks typed',
      () => redRatio({ length: 3, [Symbol.toStringTag]: 'Uint8Array' } as unknown as Pixels, { channels: 3 }),
      new TypeError(
        'Expected pixels in a Uint8Array, Uint8ClampedArray, Uint16Array, Float32Array or ImageData, got Uint8Array',
      ),
    ],
  ])('%s', (_, call, error) => {
    expect(call).toThrow(error)
  })
})
