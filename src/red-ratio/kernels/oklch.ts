import type { Kernel } from './kernel.ts'

const RED_HUE = (29.23 * Math.PI) / 180
const COS = Math.cos(RED_HUE)
const SIN = Math.sin(RED_HUE)
const TAN_OF_HALF_WIDTH = Math.tan((20 * Math.PI) / 180)
const LEAST_CHROMA = 0.08

export function oklchKernel(depth: 8 | 16, channels: 3 | 4): Kernel {
  const linear = linearLight(depth)
  return (block) => {
    let red = 0
    let weight = 0
    for (let i = 0; i < block.length; i += channels) {
      const alpha = channels === 4 ? block[i + 3]! : 1
      weight += alpha
      const [r, g, b] = [block[i]!, block[i + 1]!, block[i + 2]!]
      // of all colours of 8 bit that are red, r is at least 1.301 times the larger of the others: most need no cube roots
      if (4 * r <= 5 * Math.max(g, b)) continue
      if (isRed(linear[r]!, linear[g]!, linear[b]!)) red += alpha
    }
    return { red, weight }
  }
}

/** From linear sRGB light to OKLab's a and b, by the matrices of https://bottosson.github.io/posts/oklab/ */
function isRed(r: number, g: number, b: number): boolean {
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b)
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b)
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b)
  const A = 1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s
  const B = 0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s
  // turned so that red's hue lies on the first axis: the angle to it needs no arc tangent
  const along = A * COS + B * SIN
  const across = B * COS - A * SIN
  return along > 0 && Math.abs(across) <= along * TAN_OF_HALF_WIDTH && A * A + B * B >= LEAST_CHROMA * LEAST_CHROMA
}

/** IEC 61966-2-1, for every sample value. */
function linearLight(depth: 8 | 16): Float64Array {
  const white = 2 ** depth - 1
  return Float64Array.from({ length: white + 1 }, (_, sample) => {
    const encoded = sample / white
    return encoded <= 0.04045 ? encoded / 12.92 : ((encoded + 0.055) / 1.055) ** 2.4
  })
}
