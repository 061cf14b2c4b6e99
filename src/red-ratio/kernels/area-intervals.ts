import type { AreaCoefficients } from './area-limits.ts'
import { areaPlain } from './area-plain.ts'
import type { Kernel, Tally } from './kernel.ts'

/**
 * 8 bit, without SIMD, on little-endian machines. For each red and green the blues that make the colour red are one
 * interval; a table of 128 KB holds its ends, a pixel is one look-up by the low half of a word and two subtractions
 * whose sign bit says no. 5 to 7 times faster than floating-point HSV, where the plain loop is 2 times, and as fast on
 * noise as on a flat picture, since nothing branches.
 */
export function areaIntervals(coefficients: AreaCoefficients, channels: 3 | 4): Kernel {
  const intervals = intervalsOf(coefficients)
  const rest = areaPlain(coefficients, channels)
  const count = channels === 4 ? countRgba : countRgb
  return (block) => {
    const aligned = block.byteOffset % 4 === 0 ? block : Uint8Array.from(block)
    const end = block.length - (block.length % (channels * 4))
    const tally = count(new Uint32Array(aligned.buffer, aligned.byteOffset, end / 4), intervals)
    if (end === block.length) return tally
    const last = rest(block.subarray(end))
    return { red: tally.red + last.red, weight: tally.weight + last.weight }
  }
}

const NONE = 0x0100 // from 1 to 0

/** At `green << 8 | red`, the least and the most blue, as `least << 8 | most`. */
function intervalsOf({ leastRed, ofRed, ofLow, hue }: AreaCoefficients): Uint16Array {
  const intervals = new Uint16Array(65_536).fill(NONE)
  for (let red = leastRed; red < 256; red++) {
    const mostLow = Math.floor((ofRed * red) / ofLow)
    for (let green = 0; green <= red; green++) {
      // where blue is the lower one: 60 (green - blue) <= hue (red - blue)
      const least = Math.max(0, Math.ceil((60 * green - hue * red) / (60 - hue)))
      // where green is: 60 (blue - green) <= hue (red - green)
      const most = green <= mostLow ? Math.floor(green + (hue * (red - green)) / 60) : mostLow
      if (least <= most) intervals[(green << 8) | red] = (least << 8) | most
    }
  }
  return intervals
}

/** Three words are four pixels. */
function countRgb(words: Uint32Array, intervals: Uint16Array): Tally {
  let others = 0
  for (let i = 0; i < words.length; i += 3) {
    const x = words[i]!
    const y = words[i + 1]!
    const z = words[i + 2]!
    let blue = (x >>> 16) & 255
    let interval = intervals[x & 65_535]!
    others += ((blue - (interval >>> 8)) | ((interval & 255) - blue)) >>> 31
    blue = (y >>> 8) & 255
    interval = intervals[(x >>> 24) | ((y & 255) << 8)]!
    others += ((blue - (interval >>> 8)) | ((interval & 255) - blue)) >>> 31
    blue = z & 255
    interval = intervals[y >>> 16]!
    others += ((blue - (interval >>> 8)) | ((interval & 255) - blue)) >>> 31
    blue = z >>> 24
    interval = intervals[(z >>> 8) & 65_535]!
    others += ((blue - (interval >>> 8)) | ((interval & 255) - blue)) >>> 31
  }
  const weight = (words.length / 3) * 4
  return { red: weight - others, weight }
}

/** A word is a pixel. */
function countRgba(words: Uint32Array, intervals: Uint16Array): Tally {
  let red = 0
  let weight = 0
  for (let i = 0; i < words.length; i++) {
    const word = words[i]!
    const blue = (word >>> 16) & 255
    const interval = intervals[word & 65_535]!
    const alpha = word >>> 24
    red += alpha & ~(((blue - (interval >>> 8)) | ((interval & 255) - blue)) >> 31)
    weight += alpha
  }
  return { red, weight }
}
