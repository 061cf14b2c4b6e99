import { areaIntervals } from './area-intervals.ts'
import { type AreaLimits, areaCoefficients } from './area-limits.ts'
import { areaPlain } from './area-plain.ts'
import { areaSimd } from './area-simd.ts'
import type { Kernel } from './kernel.ts'

/** Below this, preparing costs more than it saves. */
const BYTES_WORTH_SIMD = 64 * 1024

/** The fastest of three kernels that give the same counts. */
export function areaKernel(limits: AreaLimits, depth: 8 | 16, channels: 3 | 4): Kernel {
  const coefficients = areaCoefficients(limits, depth)
  const plain = areaPlain(coefficients, channels)
  if (depth === 16) return plain
  let fast: Kernel | undefined
  return (block) => {
    if (block.length < BYTES_WORTH_SIMD) return plain(block)
    fast ??= areaSimd(coefficients, channels) ?? (littleEndian() ? areaIntervals(coefficients, channels) : plain)
    return fast(block)
  }
}

function littleEndian(): boolean {
  return new Uint8Array(Uint16Array.of(1).buffer)[0] === 1
}
