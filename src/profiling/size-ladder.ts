/** Steps an octave above 8: the sizes of a curve are exact to an eighth. */
const STEPS = 8
/** Steps of the ladder: up to 2^24. */
export const LADDER_STEPS: number = 8 + 21 * STEPS

/** The step of the ladder of sizes 1, 2, … 8, 9, … 16, 18, … 32, 36, … that a distance first fits in. */
export function stepOf(distance: number): number {
  if (distance <= 8) return distance - 1
  const octave = 31 - Math.clz32(distance - 1)
  const step = 8 + (octave - 3) * STEPS + (((distance - 1) >> (octave - 3)) & 7)
  return step < LADDER_STEPS ? step : LADDER_STEPS - 1
}

/** The size of cache that a step stands for. */
export function sizeAt(step: number): number {
  if (step < 8) return step + 1
  const octave = 3 + ((step - 8) >> 3)
  return 2 ** octave + (((step - 8) & 7) + 1) * 2 ** (octave - 3)
}

/** Times to live that are tried. */
export const TTLS_MS: readonly number[] = [
  100, 300, 1_000, 3_000, 10_000, 30_000, 60_000, 300_000, 600_000, 1_800_000, 3_600_000, 86_400_000,
]
