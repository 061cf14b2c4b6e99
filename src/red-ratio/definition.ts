/**
 * The id of a definition of "how much red". It holds the definition's version and parameters, so that it can be
 * stored with a ratio: ratios compare only within one definition.
 */
export type RedDefinition =
  | `area/1:h${number},s${number},v${number}`
  | 'excess/1'
  | 'share/1'
  | 'mean/1'
  | 'oklch/1:h20,c8'

export interface AreaOptions {
  /** How far from pure red the hue may lie, to either side. Whole degrees from 1 to 59. @default 20 */
  readonly hue?: number
  /** The least HSV saturation, (max - min) / max. From 0 to 1 in hundredths. @default 0.5 */
  readonly saturation?: number
  /** The least HSV value, max / white. From 0 to 1 in hundredths. @default 0.2 */
  readonly value?: number
}

/**
 * The share of pixels that are red: hue, saturation and value (of HSV) within limits, which are decided in integers,
 * without rounding. Black and the greys have no hue, hence are never red, whatever the limits.
 *
 * @throws TypeError, RangeError for an unknown or wrong option.
 * @example
 * ```ts
 * import { area, redRatio } from 'ruddle/red-ratio'
 *
 * area() // => 'area/1:h20,s50,v20'
 * const orangeRed = new Uint8Array([255, 69, 0]) // hue 16.2°
 * redRatio(orangeRed, { channels: 3 }) // => 1
 * redRatio(orangeRed, { channels: 3, definition: area({ hue: 15 }) }) // => 0
 * ```
 */
export function area(options: AreaOptions = {}): RedDefinition {
  const { hue = 20, saturation = 0.5, value = 0.2, ...unknown } = options
  for (const name of Object.keys(unknown)) {
    throw new TypeError(`Expected the options hue, saturation and value, got \`${name}\``)
  }
  if (typeof hue !== 'number' || !Number.isInteger(hue) || hue < 1 || hue > 59) {
    throw new RangeError(`Expected \`hue\` to be a whole number of degrees from 1 to 59, got ${hue}`)
  }
  return `area/1:h${hue},s${hundredths('saturation', saturation)},v${hundredths('value', value)}`
}

/**
 * The mean of max(0, R - max(G, B)) / white: how far red stands above the other two, without any threshold. Pure red is
 * 1, every grey is 0.
 *
 * @example
 * ```ts
 * import { excess, redRatio } from 'ruddle/red-ratio'
 *
 * redRatio(new Uint8Array([255, 51, 0]), { channels: 3, definition: excess }) // => 0.8
 * ```
 */
export const excess: RedDefinition = 'excess/1'

/**
 * ΣR / Σ(R + G + B): the part of red in all the light, the "red chromatic coordinate" of vegetation cameras.
 * White is 1/3, and black (0/0) is 0.
 *
 * @example
 * ```ts
 * import { redRatio, share } from 'ruddle/red-ratio'
 *
 * redRatio(new Uint8Array([200, 100, 100]), { channels: 3, definition: share }) // => 0.5
 * ```
 */
export const share: RedDefinition = 'share/1'

/**
 * ΣR / (white · N): the mean of the red channel. Brightness rather than redness: white is 1.
 *
 * @example
 * ```ts
 * import { mean, redRatio } from 'ruddle/red-ratio'
 *
 * redRatio(new Uint8Array([51, 0, 0, 255, 255, 255]), { channels: 3, definition: mean }) // => 0.6
 * ```
 */
export const mean: RedDefinition = 'mean/1'

/**
 * The share of pixels whose OKLCH hue is within 20° of red's (29.23°) with a chroma of at least 0.08: perceptual, so
 * that dark reds count. OKLab: Björn Ottosson, https://bottosson.github.io/posts/oklab/
 *
 * @example
 * ```ts
 * import { oklch, redRatio } from 'ruddle/red-ratio'
 *
 * const darkRed = new Uint8Array([50, 0, 0])
 * redRatio(darkRed, { channels: 3, definition: oklch }) // => 1
 * redRatio(darkRed, { channels: 3 }) // => 0
 * ```
 */
export const oklch: RedDefinition = 'oklch/1:h20,c8'

/** What an id says, with area's limits in degrees and hundredths. */
export type ParsedDefinition =
  | { readonly kind: 'area'; readonly hue: number; readonly saturation: number; readonly value: number }
  | { readonly kind: 'excess' | 'share' | 'mean' | 'oklch' }

export function parseDefinition(id: unknown): { id: RedDefinition; definition: ParsedDefinition } {
  if (typeof id !== 'string') throw new TypeError(`Expected \`definition\` to be the id of a definition, got ${id}`)
  switch (id) {
    case excess:
      return { id, definition: { kind: 'excess' } }
    case share:
      return { id, definition: { kind: 'share' } }
    case mean:
      return { id, definition: { kind: 'mean' } }
    case oklch:
      return { id, definition: { kind: 'oklch' } }
  }
  const limits = /^area\/1:h([1-9]\d?),s(\d{1,3}),v(\d{1,3})$/.exec(id)?.slice(1).map(Number)
  if (limits !== undefined) {
    const [hue = 0, saturation = 0, value = 0] = limits
    const canonical = area({ hue, saturation: saturation / 100, value: value / 100 })
    if (canonical === id) return { id: canonical, definition: { kind: 'area', hue, saturation, value } }
  }
  throw new RangeError(
    `Expected \`definition\` to be ${area()} (or with other limits), ${excess}, ${share}, ${mean} or ${oklch}, got ${JSON.stringify(id)}`,
  )
}

function hundredths(name: string, share: number): number {
  const scaled = typeof share === 'number' ? Math.round(share * 100) : Number.NaN
  if (!(share >= 0 && share <= 1) || Math.abs(share * 100 - scaled) > 1e-9) {
    throw new RangeError(`Expected \`${name}\` to be from 0 to 1 in steps of 0.01, got ${share}`)
  }
  return scaled
}
