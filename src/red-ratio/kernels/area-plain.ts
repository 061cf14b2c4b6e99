import type { AreaCoefficients } from './area-limits.ts'
import type { Kernel } from './kernel.ts'

/** The inequalities as they stand, for samples of any depth. */
export function areaPlain({ leastRed, ofRed, ofLow, hue }: AreaCoefficients, channels: 3 | 4): Kernel {
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
