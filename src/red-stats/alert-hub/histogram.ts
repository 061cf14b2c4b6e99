/** How often a value was at most each bound. The counts are cumulative, as Prometheus has them. */
export interface HistogramSnapshot {
  readonly count: number
  readonly sum: number
  /** `[bound, values up to it]` */
  readonly buckets: readonly (readonly [bound: number, count: number])[]
}

export interface Histogram {
  observe(value: number): void
  snapshot(): HistogramSnapshot
}

export function createHistogram(bounds: readonly number[]): Histogram {
  const counts = new Float64Array(bounds.length + 1)
  let sum = 0
  return {
    observe: (value) => {
      let bucket = 0
      while (bucket < bounds.length && value > bounds[bucket]!) bucket++
      counts[bucket]!++
      sum += value
    },
    snapshot: () => {
      let count = 0
      const buckets = bounds.map((bound, bucket) => {
        count += counts[bucket]!
        return [bound, count] as const
      })
      return { count: count + counts[bounds.length]!, sum, buckets }
    },
  }
}
