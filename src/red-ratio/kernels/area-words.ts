import type { AreaCoefficients } from './area-limits.ts'
import { areaPlain } from './area-plain.ts'
import type { Kernel, Tally } from './index.ts'

/**
 * 8 bit, without SIMD. Two things make it 5 times faster than floating-point HSV and twice as fast as the plain loop,
 * and as fast on noise as on a flat picture (a loop that branches takes 5 times longer on noise):
 *   - pixels are read as words of four bytes, on little-endian machines only;
 *   - no branch: each inequality is a number whose sign bit says no, minimum and distance of g and b come from the
 *     sign of their difference.
 * Everything is a local integer. Tables of the products are as fast only if they are constants of the module.
 */
export function areaWords(coefficients: AreaCoefficients, channels: 3 | 4): Kernel {
  const rest = areaPlain(coefficients, channels)
  const count = channels === 4 ? countRgba : countRgb
  return (block) => {
    const aligned = block.byteOffset % 4 === 0 ? block : Uint8Array.from(block)
    const end = block.length - (block.length % (channels * 4))
    const tally = count(new Uint32Array(aligned.buffer, aligned.byteOffset, end / 4), coefficients)
    if (end === block.length) return tally
    const last = rest(block.subarray(end))
    return { red: tally.red + last.red, weight: tally.weight + last.weight }
  }
}

/** Three words are four pixels. */
function countRgb(words: Uint32Array, { leastRed, ofRed, ofLow, hue }: AreaCoefficients): Tally {
  let others = 0
  for (let i = 0; i < words.length; i += 3) {
    const x = words[i]!
    const y = words[i + 1]!
    const z = words[i + 2]!
    let r = x & 255
    let b = (x >>> 16) & 255
    let difference = ((x >>> 8) & 255) - b
    let sign = difference >> 31
    let low = b + (difference & sign)
    others +=
      ((r - leastRed) |
        (Math.imul(ofRed, r) - Math.imul(ofLow, low)) |
        (Math.imul(hue, r - low) - Math.imul(60, (difference ^ sign) - sign))) >>>
      31
    r = x >>> 24
    b = (y >>> 8) & 255
    difference = (y & 255) - b
    sign = difference >> 31
    low = b + (difference & sign)
    others +=
      ((r - leastRed) |
        (Math.imul(ofRed, r) - Math.imul(ofLow, low)) |
        (Math.imul(hue, r - low) - Math.imul(60, (difference ^ sign) - sign))) >>>
      31
    r = (y >>> 16) & 255
    b = z & 255
    difference = (y >>> 24) - b
    sign = difference >> 31
    low = b + (difference & sign)
    others +=
      ((r - leastRed) |
        (Math.imul(ofRed, r) - Math.imul(ofLow, low)) |
        (Math.imul(hue, r - low) - Math.imul(60, (difference ^ sign) - sign))) >>>
      31
    r = (z >>> 8) & 255
    b = z >>> 24
    difference = ((z >>> 16) & 255) - b
    sign = difference >> 31
    low = b + (difference & sign)
    others +=
      ((r - leastRed) |
        (Math.imul(ofRed, r) - Math.imul(ofLow, low)) |
        (Math.imul(hue, r - low) - Math.imul(60, (difference ^ sign) - sign))) >>>
      31
  }
  const weight = (words.length / 3) * 4
  return { red: weight - others, weight }
}

/** A word is a pixel. */
function countRgba(words: Uint32Array, { leastRed, ofRed, ofLow, hue }: AreaCoefficients): Tally {
  let red = 0
  let weight = 0
  for (let i = 0; i < words.length; i++) {
    const word = words[i]!
    const r = word & 255
    const b = (word >>> 16) & 255
    const difference = ((word >>> 8) & 255) - b
    const sign = difference >> 31
    const low = b + (difference & sign)
    const no =
      (r - leastRed) |
      (Math.imul(ofRed, r) - Math.imul(ofLow, low)) |
      (Math.imul(hue, r - low) - Math.imul(60, (difference ^ sign) - sign))
    const alpha = word >>> 24
    red += alpha & ~(no >> 31)
    weight += alpha
  }
  return { red, weight }
}
