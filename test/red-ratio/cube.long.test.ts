import fc from 'fast-check'
import { expect, it } from 'vitest'
import { oklch, redRatioDetails } from '../../src/red-ratio/index.ts'
import { areaIntervals } from '../../src/red-ratio/kernels/area-intervals.ts'
import { areaCoefficients } from '../../src/red-ratio/kernels/area-limits.ts'
import { areaPlain } from '../../src/red-ratio/kernels/area-plain.ts'
import { areaSimd } from '../../src/red-ratio/kernels/area-simd.ts'
import type { Kernel } from '../../src/red-ratio/kernels/kernel.ts'
import { cube } from './random-pixels.ts'

const limits = fc.record({
  hue: fc.integer({ min: 1, max: 59 }),
  saturation: fc.integer({ min: 0, max: 100 }),
  value: fc.integer({ min: 0, max: 100 }),
})

it('the three kernels agree on every plane of the cube, for any limits', () => {
  fc.assert(
    fc.property(limits, (limits) => {
      const coefficients = areaCoefficients(limits, 8)
      const plain = [...planes(areaPlain(coefficients, 3))]
      expect([...planes(areaIntervals(coefficients, 3))]).toEqual(plain)
      expect([...planes(areaSimd(coefficients, 3)!)]).toEqual(plain)
    }),
    { numRuns: 60 },
  )
})

function* planes(kernel: Kernel): Iterable<number> {
  for (const plane of cube()) yield kernel(plane.subarray(0, 98_304)).red + kernel(plane.subarray(98_304)).red
}

it('16-bit and floating-point copies of the whole cube give the same counts', () => {
  for (const plane of cube()) {
    const { redWeight } = redRatioDetails(plane, { channels: 3 })
    expect(
      redRatioDetails(
        Uint16Array.from(plane, (sample) => sample * 257),
        { channels: 3 },
      ).redWeight,
    ).toBe(redWeight)
    expect(
      redRatioDetails(
        Float32Array.from(plane, (sample) => sample / 255),
        { channels: 3 },
      ).redWeight,
    ).toBe(redWeight)
  }
})

it('oklch: 1,555,734 of all colours, by the arc tangent as well', () => {
  let red = 0
  let byAngle = 0
  for (const plane of cube()) {
    red += redRatioDetails(plane, { channels: 3, definition: oklch }).redWeight
    for (let i = 0; i < plane.length; i += 3) if (isRedByAngle(plane[i]!, plane[i + 1]!, plane[i + 2]!)) byAngle++
  }
  expect(red).toBe(1_555_734)
  expect(byAngle).toBe(red)
})

const linear = Array.from({ length: 256 }, (_, sample) =>
  sample / 255 <= 0.04045 ? sample / 255 / 12.92 : ((sample / 255 + 0.055) / 1.055) ** 2.4,
)

function isRedByAngle(red: number, green: number, blue: number): boolean {
  const [r, g, b] = [linear[red]!, linear[green]!, linear[blue]!]
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b)
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b)
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b)
  const A = 1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s
  const B = 0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s
  const degrees = (Math.atan2(B, A) * 180) / Math.PI
  return Math.abs(degrees - 29.23) <= 20 && Math.hypot(A, B) >= 0.08
}
