import fc from 'fast-check'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { redRatioDetails } from '../../src/red-ratio/index.ts'
import { areaIntervals } from '../../src/red-ratio/kernels/area-intervals.ts'
import { areaCoefficients } from '../../src/red-ratio/kernels/area-limits.ts'
import { areaPlain } from '../../src/red-ratio/kernels/area-plain.ts'
import { areaSimd } from '../../src/red-ratio/kernels/area-simd.ts'
import { areaSimdBinary } from '../../src/red-ratio/kernels/area-simd-binary.ts'
import { assembled } from '../../src/red-ratio/kernels/area-simd-build.ts'
import { samplesOf, values } from './random-pixels.ts'

afterEach(() => {
  vi.unstubAllGlobals()
  vi.resetModules()
})

it('the embedded WebAssembly is what its source gives', async () => {
  expect(areaSimdBinary).toBe(await assembled())
})

describe('the three kernels agree', () => {
  const limits = fc.record({
    hue: fc.integer({ min: 1, max: 59 }),
    saturation: fc.integer({ min: 0, max: 100 }),
    value: fc.integer({ min: 0, max: 100 }),
  })

  it.each([3, 4] as const)('for any limits, lengths and offsets, with %i channels', (channels) => {
    fc.assert(
      fc.property(limits, values(4, 400), fc.integer({ min: 0, max: 5 }), (limits, samples, offset) => {
        const block = samplesOf('Uint8Array', samples.slice(samples.length % channels), offset) as Uint8Array
        const coefficients = areaCoefficients(limits, 8)
        const plain = areaPlain(coefficients, channels)(block)
        expect(areaIntervals(coefficients, channels)(block)).toEqual(plain)
        expect(areaSimd(coefficients, channels)?.(block)).toEqual(plain)
      }),
    )
  })

  it('for a full block after a fuller one: nothing is left in the memory', () => {
    const coefficients = areaCoefficients({ hue: 20, saturation: 50, value: 20 }, 8)
    const red = Uint8Array.from({ length: 300 }, (_, i) => (i % 3 === 0 ? 255 : 0))
    const simd = areaSimd(coefficients, 3)
    expect(simd?.(red)).toEqual({ red: 100, weight: 100 })
    expect(simd?.(red.subarray(0, 3))).toEqual({ red: 1, weight: 1 })
  })
})

describe('where WebAssembly is missing or forbidden', () => {
  const pixels = Uint8Array.from({ length: 300_000 }, (_, i) => (i % 3 === 0 ? 200 : (i * 7) % 150))

  it.each([
    ['missing', undefined],
    [
      'forbidden',
      {
        Module: class {
          constructor() {
            throw new EvalError('Refused to compile or instantiate WebAssembly module')
          }
        },
      },
    ],
  ])('%s: the counts are the same', async (_, webAssembly) => {
    const expected = redRatioDetails(pixels, { channels: 3 })
    vi.resetModules()
    vi.stubGlobal('WebAssembly', webAssembly)
    const { redRatioDetails: without } = await import('../../src/red-ratio/index.ts')
    expect(without(pixels, { channels: 3 })).toEqual(expected)
    expect(expected.redWeight).toBeGreaterThan(0)
  })
})
