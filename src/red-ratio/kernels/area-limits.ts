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
 * Floating-point HSV gets 4,394 of the 1,397,532 red colours of 8 bit wrong, and photographs have many pixels just at
 * such limits. A colour without hue is not red: black falls to leastRed >= 1, and grey, when any saturation will do,
 * to coefficients that say r > lo.
 */
export interface AreaCoefficients {
  readonly leastRed: number
  readonly ofRed: number
  readonly ofLow: number
  readonly hue: number
}

export function areaCoefficients({ hue, saturation, value }: AreaLimits, depth: 8 | 16): AreaCoefficients {
  const white = 2 ** depth - 1
  const leastRed = Math.max(1, Math.ceil((value * white) / 100))
  return saturation === 0
    ? { leastRed, ofRed: white - 1, ofLow: white, hue }
    : { leastRed, ofRed: 100 - saturation, ofLow: 100, hue }
}
