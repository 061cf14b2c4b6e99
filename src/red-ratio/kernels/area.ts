import type { Kernel } from './index.ts'

/** Limits of hue in degrees, of saturation and value in hundredths. */
export interface AreaLimits {
  readonly hue: number
  readonly saturation: number
  readonly value: number
}

/**
 * The limits as coefficients of inequalities between integers, with lo = min(g, b) and hi = max(g, b):
 *   value       r >= leastRed
 *   saturation  100 (r - lo) >= saturation r      as   ofRed r >= ofLow lo
 *   hue         60 (hi - lo) <= hue (r - lo)      which implies hi <= r, since hue < 60
 * A colour without hue is not red: black falls to leastRed >= 1, and grey, with a saturation of 0, to coefficients
 * that say r > lo.
 */
export interface AreaCoefficients {
  readonly leastRed: number
  readonly ofRed: number
  readonly ofLow: number
  readonly hue: number
}

export function coefficients({ hue, saturation, value }: AreaLimits, depth: 8 | 16): AreaCoefficients {
  const white = 2 ** depth - 1
  const leastRed = Math.max(1, Math.ceil((value * white) / 100))
  return saturation === 0
    ? { leastRed, ofRed: white - 1, ofLow: white, hue }
    : { leastRed, ofRed: 100 - saturation, ofLow: 100, hue }
}

export function areaKernel(limits: AreaLimits, depth: 8 | 16, channels: 3 | 4): Kernel {
  return plainKernel(coefficients(limits, depth), channels)
}

function plainKernel({ leastRed, ofRed, ofLow, hue }: AreaCoefficients, channels: 3 | 4): Kernel {
  return (block) => {
    let red = 0
    let weight = 0
    for (let i = 0; i < block.length; i += channels) {
      const alpha = channels === 4 ? block[i + 3]! : 1
      weight += alpha
      const r = block[i]!
      if (r < leastRed) continue
      const low = Math.min(block[i + 1]!, block[i + 2]!)
      const high = Math.max(block[i + 1]!, block[i + 2]!)
      if (ofRed * r >= ofLow * low && 60 * (high - low) <= hue * (r - low)) red += alpha
    }
    return { red, weight }
  }
}
