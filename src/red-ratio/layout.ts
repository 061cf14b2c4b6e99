import { area, type ParsedDefinition, parseDefinition, type RedDefinition } from './definition.ts'

/**
 * Samples of pixels, channel by channel and row by row: 8 bit (also a Node Buffer), 16 bit (white is 65535) or
 * floating point from 0 to 1. All are sRGB-encoded values, as files and canvases hold them, not linear light.
 * Floating-point samples are rounded to 16 bit first, so that 8 bit, 16 bit and floating-point copies of one picture
 * give the same counts. Alpha is not premultiplied.
 */
export type Pixels = Uint8Array | Uint8ClampedArray | Uint16Array | Float32Array

/** Pixels that know their size, such as a canvas's ImageData: RGBA unless the options say otherwise. */
export interface PixelImage {
  readonly data: Pixels
  /** In pixels. */
  readonly width: number
  /** In pixels. */
  readonly height: number
}

export interface RedRatioOptions {
  /** Samples a pixel: 1 grey, 2 grey and alpha, 3 colour, 4 colour and alpha. Needed for a bare array: never guessed. */
  readonly channels?: 1 | 2 | 3 | 4
  /** Pixels a row. Needed only with `bytesPerRow` or `height`. */
  readonly width?: number
  /** Rows. When given, the number of pixels must agree. */
  readonly height?: number
  /** Bytes from the start of one row to the start of the next, where rows are padded; what pads is not looked at. */
  readonly bytesPerRow?: number
  /** The order of the colour channels. @default 'rgb' */
  readonly order?: 'rgb' | 'bgr'
  /** Whether a pixel counts by its alpha, or alpha is ignored and every pixel counts alike. @default 'weight' */
  readonly alpha?: 'weight' | 'ignore'
  /** What "red" means: an id, as `area()`, `excess`, … give it. @default 'area/1:h20,s50,v20' */
  readonly definition?: string
}

/** The options, complete and known to be right. */
export interface Layout {
  readonly channels: 1 | 2 | 3 | 4
  readonly width: number | undefined
  readonly height: number | undefined
  readonly bytesPerRow: number | undefined
  readonly order: 'rgb' | 'bgr'
  readonly alpha: 'weight' | 'ignore'
  readonly id: RedDefinition
  readonly definition: ParsedDefinition
}

export function layoutOf(options: RedRatioOptions): Layout {
  if (typeof options !== 'object' || options === null) {
    throw new TypeError(`Expected \`options\` to be an object, got ${options}`)
  }
  const {
    channels,
    width,
    height,
    bytesPerRow,
    order = 'rgb',
    alpha = 'weight',
    definition = area(),
    ...unknown
  } = options
  for (const name of Object.keys(unknown)) {
    throw new TypeError(
      `Expected the options channels, width, height, bytesPerRow, order, alpha and definition, got \`${name}\``,
    )
  }
  if (channels === undefined) {
    throw new TypeError('Expected `channels` to be 1, 2, 3 or 4: the samples a pixel has are never guessed')
  }
  oneOf('channels', channels, [1, 2, 3, 4])
  oneOf('order', order, ['rgb', 'bgr'])
  oneOf('alpha', alpha, ['weight', 'ignore'])
  for (const [name, value] of Object.entries({ width, height, bytesPerRow })) {
    if (value !== undefined && !(Number.isSafeInteger(value) && value >= 1)) {
      throw new RangeError(`Expected \`${name}\` to be a whole number of at least 1, got ${value}`)
    }
  }
  if (width === undefined && (height !== undefined || bytesPerRow !== undefined)) {
    throw new TypeError('Expected `width` with `height` or `bytesPerRow`, got none')
  }
  return { channels, width, height, bytesPerRow, order, alpha, ...parseDefinition(definition) }
}

function oneOf<T>(name: string, value: T, allowed: readonly T[]): void {
  if (!allowed.includes(value)) {
    throw new RangeError(`Expected \`${name}\` to be one of ${allowed.join(', ')}, got ${String(value)}`)
  }
}
