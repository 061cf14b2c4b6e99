import { describe, expect, it } from 'vitest'
import { areaIntervals } from '../../src/red-ratio/kernels/area-intervals.ts'
import { areaCoefficients } from '../../src/red-ratio/kernels/area-limits.ts'
import { areaPlain } from '../../src/red-ratio/kernels/area-plain.ts'
import { areaSimd } from '../../src/red-ratio/kernels/area-simd.ts'
import type { Kernel } from '../../src/red-ratio/kernels/kernel.ts'
import { cube } from './random-pixels.ts'

const kernels = { plain: areaPlain, intervals: areaIntervals, simd: areaSimd }

function countOverCube(kernel: Kernel | undefined, alpha?: number): { red: number; weight: number } {
  if (kernel === undefined) throw new Error('No WebAssembly SIMD here')
  const total = { red: 0, weight: 0 }
  for (const plane of cube()) {
    const pixels = alpha === undefined ? plane : withAlpha(plane, alpha)
    const half = pixels.length / 2
    for (const block of [pixels.subarray(0, half), pixels.subarray(half)]) {
      const { red, weight } = kernel(block)
      total.red += red
      total.weight += weight
    }
  }
  return total
}

function withAlpha(plane: Uint8Array, alpha: number): Uint8Array {
  const pixels = new Uint8Array((plane.length / 3) * 4)
  for (let from = 0, to = 0; from < plane.length; from += 3, to += 4) {
    pixels[to] = plane[from]!
    pixels[to + 1] = plane[from + 1]!
    pixels[to + 2] = plane[from + 2]!
    pixels[to + 3] = alpha
  }
  return pixels
}

describe.each(Object.entries(kernels))('all 2^24 colours, counted by the %s kernel', (_, kernel) => {
  it.each([
    [{ hue: 20, saturation: 50, value: 20 }, 1_397_532],
    [{ hue: 15, saturation: 50, value: 20 }, 1_048_148],
  ])('%o: %i are red', (limits, red) => {
    expect(countOverCube(kernel(areaCoefficients(limits, 8), 3))).toEqual({ red, weight: 2 ** 24 })
  })
})

// every grey is left out, black too
it.each(Object.entries(kernels))('any saturation and value: %s kernel counts every colour of the hue', (_, kernel) => {
  const all = areaCoefficients({ hue: 59, saturation: 0, value: 0 }, 8)
  const expected = { red: 0, weight: 2 ** 24 }
  for (let r = 0; r < 256; r++) {
    for (let low = 0; low < r; low++) {
      // pairs (g, b) with the lower one at `low` and the other at most `most`
      const most = low + Math.floor((59 * (r - low)) / 60)
      expected.red += 2 * (most - low) + 1
    }
  }
  expect(countOverCube(kernel(all, 3))).toEqual(expected)
})

it.each(Object.entries(kernels))('%s kernel adds up the alphas of red pixels', (_, kernel) => {
  const limits = areaCoefficients({ hue: 20, saturation: 50, value: 20 }, 8)
  expect(countOverCube(kernel(limits, 4), 201)).toEqual({ red: 1_397_532 * 201, weight: 2 ** 24 * 201 })
})
