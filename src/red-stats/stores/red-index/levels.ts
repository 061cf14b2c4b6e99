/** Red is cut into this many levels; the first holds nothing but exact zeros, the commonest value of real pictures. */
export const levelCount = 1024

/** Grows with `red`, so that an event above a threshold is never in a lower level than the threshold. */
export function levelOf(red: number): number {
  return red === 0 ? 0 : 1 + Math.min(levelCount - 2, Math.floor(red * (levelCount - 1)))
}
