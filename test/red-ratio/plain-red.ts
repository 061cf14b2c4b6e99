import type { Pixels } from '../../src/red-ratio/index.ts'

/** The definitions as they are written down, pixel by pixel, for the tests to compare with. */
export interface PlainOptions {
  readonly channels: 1 | 2 | 3 | 4
  readonly order?: 'rgb' | 'bgr'
  readonly alpha?: 'weight' | 'ignore'
  readonly width?: number
  /** In samples. */
  readonly stride?: number
}

export interface Colour {
  readonly red: number
  readonly green: number
  readonly blue: number
  readonly alpha: number
}

/** The pixels as integers from 0 to `white`; floating point as 16 bit. */
export function coloursOf(pixels: Pixels, options: PlainOptions): { white: number; colours: Colour[] } {
  const { channels, order = 'rgb', alpha = 'weight', width, stride } = options
  const white = pixels instanceof Uint8Array || pixels instanceof Uint8ClampedArray ? 255 : 65_535
  const samples = [...pixels].map((sample) => (pixels instanceof Float32Array ? Math.round(sample * 65_535) : sample))
  const colours: Colour[] = []
  const rowLength = width === undefined ? samples.length : width * channels
  for (let row = 0; row < samples.length; row += stride ?? rowLength) {
    for (let at = row; at < row + rowLength; at += channels) {
      const colour = samples.slice(at, at + (channels < 3 ? 1 : 3))
      const [red, green, blue] = channels < 3 ? [colour[0]!, colour[0]!, colour[0]!] : colour
      const weighs = channels % 2 === 0 && alpha === 'weight'
      colours.push({
        red: order === 'rgb' ? red! : blue!,
        green: green!,
        blue: order === 'rgb' ? blue! : red!,
        alpha: weighs ? samples[at + channels - 1]! : 1,
      })
    }
  }
  return { white, colours }
}

export function isRed({ red, green, blue }: Colour, white: number, hue = 20, saturation = 50, value = 20): boolean {
  const low = Math.min(green, blue)
  const high = Math.max(green, blue)
  return (
    red > low &&
    100 * red >= value * white &&
    100 * (red - low) >= saturation * red &&
    60 * (high - low) <= hue * (red - low)
  )
}

export function sum(values: Iterable<number>): number {
  let total = 0
  for (const value of values) total += value
  return total
}
