import { bucketBounds, SUB_BUCKET_BITS } from '../histogram.ts'

/** Histogram of times that is added up from lines. */
export class TimeHistogram {
  readonly #counts = new Map<number, number>()
  #total = 0

  /** Adds an encoded histogram; one of lower resolution goes into the middle bucket of each of its own. */
  add(encoded: readonly number[], bits: number): void {
    const coarser = SUB_BUCKET_BITS - bits
    let bucket = 0
    for (let i = 0; i + 1 < encoded.length; i += 2) {
      bucket += encoded[i]!
      const fine = coarser === 0 ? bucket : (bucket << coarser) + (1 << (coarser - 1))
      this.#counts.set(fine, (this.#counts.get(fine) ?? 0) + encoded[i + 1]!)
      this.#total += encoded[i + 1]!
    }
  }

  get total(): number {
    return this.#total
  }

  /** The time that a share of the values, from 0 to 1, do not exceed; between the bounds of a bucket in proportion. */
  quantile(share: number): number {
    const buckets = [...this.#counts].sort(([a], [b]) => a - b)
    const rank = share * this.#total
    let below = 0
    for (const [bucket, count] of buckets) {
      if (below + count >= rank) {
        const [from, to] = bucketBounds(bucket, SUB_BUCKET_BITS)
        return from + (to - from) * (count === 0 ? 0 : (rank - below) / count)
      }
      below += count
    }
    return 0
  }
}
