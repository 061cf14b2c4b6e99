/** 2^5 sub-buckets an octave: a bucket's middle is within 1.6 % of every value in it. */
export const SUB_BUCKET_BITS = 5
const LOWEST_EXPONENT = -14 // 2^-14 ms is 61 ns, less than a call of the clock takes
const OCTAVES = 40 // up to 2^26 ms, 18 hours
export const BUCKETS: number = OCTAVES << SUB_BUCKET_BITS

const LOWEST = (LOWEST_EXPONENT + 1023) << SUB_BUCKET_BITS
const asDouble = new Float64Array(1)
const asWords = new Uint32Array(asDouble.buffer)
const HIGH_WORD = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1 ? 1 : 0

/**
 * The bucket of a time, from the exponent and the first bits of the mantissa of the number itself: with a logarithm
 * instead, a timed call costs a tenth more.
 */
export function bucketOf(ms: number): number {
  asDouble[0] = ms
  const bucket = (asWords[HIGH_WORD]! >>> (20 - SUB_BUCKET_BITS)) - LOWEST
  return bucket < 0 || !(ms > 0) ? 0 : bucket < BUCKETS ? bucket : BUCKETS - 1
}

/** Bucket, count, distance to the next bucket, count, …; `coarser` halves the resolution that many times. */
export function encodeHistogram(counts: Uint32Array, coarser = 0): number[] {
  const encoded: number[] = []
  let last = 0
  for (let from = 0; from < counts.length; from += 1 << coarser) {
    let count = 0
    for (let i = from; i < from + (1 << coarser); i++) count += counts[i]!
    if (count === 0) continue
    encoded.push((from >> coarser) - last, count)
    last = from >> coarser
  }
  return encoded
}

/** The bounds of a bucket in milliseconds, `[from, to)`. */
export function bucketBounds(bucket: number, bits: number): [from: number, to: number] {
  const width = 2 ** -bits
  const from = (index: number) => 2 ** ((index >> bits) + LOWEST_EXPONENT) * (1 + (index & ((1 << bits) - 1)) * width)
  return [bucket === 0 ? 0 : from(bucket), from(bucket + 1)]
}
