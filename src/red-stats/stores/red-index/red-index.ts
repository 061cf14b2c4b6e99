import { inTurns } from '../in-turns.ts'
import { mergeSegments } from './merge-segments.ts'
import { buildSegment, bytesOf, countInSegment, type Segment } from './segment.ts'
import { sortPairs } from './sort-pairs.ts'

/** Counts events by time and red from memory. Events may come late and in any order. */
export interface RedIndex extends RedIndexView {
  readonly size: number
  /** Bytes of the columns and sums. */
  readonly bytes: number
  add(timestamp: number, red: number): void
  /** Adds columns in the order of time, pausing to let others go first; counted once it resolves. */
  load(timestamps: Float64Array, reds: Float64Array): Promise<void>
  /** What is counted now, unchanged by what is added later. */
  snapshot(): RedIndexView
  /** Forgets events before this time, as far as that frees memory. */
  dropBefore(timestamp: number): void
}

export interface RedIndexView {
  /** Events in [from, to), and how many of them have more red than `red` (null without it). */
  count(from: number, to: number, red: number | undefined): { total: number; above: number | null }
}

/** New events wait here unsorted, and are counted one by one: about 8 microseconds when it is full. */
const freshCapacity = 8192
/** This many segments of one size become one of the next, up to the largest. */
const fanIn = 8
const largestSegment = freshCapacity * fanIn ** 3

export function createRedIndex(): RedIndex {
  const freshTimes = new Float64Array(freshCapacity)
  const freshReds = new Float64Array(freshCapacity)
  let freshSize = 0
  let segments: readonly Segment[] = []
  let merging = false
  let size = 0

  function seal(): void {
    const timestamps = freshTimes.slice(0, freshSize)
    const order = Uint32Array.from(timestamps.keys())
    sortPairs(timestamps, order, 0, freshSize)
    const reds = Float64Array.from(order, (index) => freshReds[index]!)
    segments = [...segments, finish(buildSegment(timestamps, reds))]
    freshSize = 0
    void mergeInTurns()
  }

  /** Merges while there is something to merge, a few milliseconds at a time; never holds the process. */
  async function mergeInTurns(): Promise<void> {
    if (merging) return
    merging = true
    for (let group = mergeable(segments); group.length > 0; group = mergeable(segments)) {
      const merged = await inTurns(mergeSegments(group), { ref: false })
      // a group that was dropped in the meantime stays dropped
      if (group.every((segment) => segments.includes(segment))) {
        segments = [...segments.filter((segment) => !group.includes(segment)), merged]
      }
    }
    merging = false
  }

  return {
    get size() {
      return size
    },
    get bytes() {
      return segments.reduce((sum, segment) => sum + bytesOf(segment), 2 * freshTimes.byteLength)
    },
    add: (timestamp, red) => {
      freshTimes[freshSize] = timestamp
      freshReds[freshSize++] = red
      size++
      if (freshSize === freshCapacity) seal()
    },
    load: async (timestamps, reds) => {
      const loaded: Segment[] = []
      for (let start = 0; start < timestamps.length; start += largestSegment) {
        const [times, values] = [timestamps, reds].map((column) => column.slice(start, start + largestSegment))
        loaded.push(await inTurns(buildSegment(times!, values!), { ref: true }))
      }
      segments = [...segments, ...loaded]
      size += timestamps.length
    },
    count: (from, to, red) => countIn(segments, freshTimes, freshReds, freshSize, from, to, red),
    snapshot: () => {
      const [frozen, times, reds] = [segments, freshTimes.slice(0, freshSize), freshReds.slice(0, freshSize)]
      return { count: (from, to, red) => countIn(frozen, times, reds, times.length, from, to, red) }
    },
    dropBefore: (timestamp) => {
      const expired = segments.filter(({ timestamps }) => timestamps.at(-1)! < timestamp)
      segments = segments.filter((segment) => !expired.includes(segment))
      for (const segment of expired) size -= segment.size
    },
  }
}

function countIn(
  segments: readonly Segment[],
  times: Float64Array,
  reds: Float64Array,
  size: number,
  from: number,
  to: number,
  red: number | undefined,
): { total: number; above: number | null } {
  let total = 0
  let above = 0
  const threshold = red ?? 1
  for (let i = 0; i < size; i++) {
    if (times[i]! < from || times[i]! >= to) continue
    total++
    if (reds[i]! > threshold) above++
  }
  for (const segment of segments) {
    const [inSegment, aboveInSegment] = countInSegment(segment, from, to, red)
    total += inSegment
    above += aboveInSegment
  }
  return { total, above: red === undefined ? null : above }
}

/** The smallest segments of which there are enough for a merge; the largest are never merged. */
function mergeable(segments: readonly Segment[]): readonly Segment[] {
  for (let limit = freshCapacity * fanIn; limit <= largestSegment; limit *= fanIn) {
    const alike = segments.filter(({ size }) => size < limit && size >= limit / fanIn)
    if (alike.length >= fanIn) return alike.slice(0, fanIn)
  }
  return []
}

function finish(work: Generator<void, Segment>): Segment {
  for (;;) {
    const { done, value } = work.next()
    if (done === true) return value
  }
}
