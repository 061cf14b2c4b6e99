import { buildSegment, redsByTime, type Segment } from './segment.ts'

const sliceSize = 16_384

/** One segment with the events of several; yields like {@link buildSegment}. */
export function* mergeSegments(segments: readonly Segment[]): Generator<void, Segment> {
  const size = segments.reduce((sum, segment) => sum + segment.size, 0)
  const timestamps = new Float64Array(size)
  const reds = new Float64Array(size)
  const sources: { times: Float64Array; reds: Float64Array; next: number }[] = []
  for (const segment of segments) {
    sources.push({ times: segment.timestamps, reds: yield* redsByTime(segment), next: 0 })
  }
  for (let i = 0; i < size; i++) {
    let earliest = sources[0]!
    for (const source of sources) {
      if ((source.times[source.next] ?? Infinity) < (earliest.times[earliest.next] ?? Infinity)) earliest = source
    }
    timestamps[i] = earliest.times[earliest.next]!
    reds[i] = earliest.reds[earliest.next++]!
    if (i % sliceSize === sliceSize - 1) yield
  }
  return yield* buildSegment(timestamps, reds)
}
