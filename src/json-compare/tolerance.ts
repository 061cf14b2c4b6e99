/**
 * The number rule: `|a - b| <= max(tolerance, relativeTolerance * m) + min(m * 2^-52, tolerance / 4)`, where m is the
 * larger magnitude. NaN equals NaN; an infinity equals only itself.
 *
 * The last term is slack for the binary rounding of decimals: 1682.6 and 1682.7 are 0.1 apart on paper and a little more
 * in doubles. Its cap keeps neighbouring integers near 2^53 apart. It costs nothing where numbers are equal, because it
 * is looked at only after the plain test has failed.
 */
export function numbersAreClose(a: number, b: number, tolerance: number, relativeTolerance: number): boolean {
  const distance = Math.abs(a - b)
  if (distance <= tolerance) return true
  if (!Number.isFinite(a) || !Number.isFinite(b)) return Object.is(a, b)
  const magnitude = Math.max(Math.abs(a), Math.abs(b))
  return distance <= Math.max(tolerance, relativeTolerance * magnitude) + Math.min(magnitude * 2 ** -52, tolerance / 4)
}
