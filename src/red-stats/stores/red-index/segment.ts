import { levelCount, levelOf } from './levels.ts'
import { sortPairs } from './sort-pairs.ts'

/**
 * Events that no longer change, counted in two dimensions: 23 bytes an event. Positions are places in the order of
 * time; the columns by red hold the events level by level, ascending within a level.
 */
export interface Segment {
  readonly size: number
  /** Ascending. */
  readonly timestamps: Float64Array
  readonly levels: Uint16Array
  /** Ascending, the whole column: levels grow with red. */
  readonly redsByRed: Float64Array
  readonly positionsByRed: Uint32Array
  /** Where each level begins in the columns by red, and where the last ends. */
  readonly levelStarts: Uint32Array
  /** Row b, column k: how many of the first b blocks' events are in level k or a higher one. */
  readonly suffixes: Uint32Array
}

const blockSize = 4096
const columns = levelCount + 1
const sliceSize = 32_768

/**
 * Builds a segment from columns in the order of time. It yields after every few milliseconds of work, so that the
 * caller can let others go first.
 */
export function* buildSegment(timestamps: Float64Array, reds: Float64Array): Generator<void, Segment> {
  const size = timestamps.length
  const levels = new Uint16Array(size)
  const levelStarts = new Uint32Array(columns)
  for (let i = 0; i < size; i++) {
    const level = levelOf(reds[i]!)
    levels[i] = level
    levelStarts[level + 1]!++
    if (i % sliceSize === sliceSize - 1) yield
  }
  for (let level = 0; level < levelCount; level++) levelStarts[level + 1]! += levelStarts[level]!

  const redsByRed = new Float64Array(size)
  const positionsByRed = new Uint32Array(size)
  const next = levelStarts.slice(0, levelCount)
  for (let i = 0; i < size; i++) {
    const place = next[levels[i]!]!++
    redsByRed[place] = reds[i]!
    positionsByRed[place] = i
    if (i % sliceSize === sliceSize - 1) yield
  }
  let sorted = 0
  for (let level = 0; level < levelCount; level++) {
    const [from, to] = [levelStarts[level]!, levelStarts[level + 1]!]
    sortPairs(redsByRed, positionsByRed, from, to)
    sorted += to - from
    if (sorted > sliceSize) {
      sorted = 0
      yield
    }
  }
  return { size, timestamps, levels, redsByRed, positionsByRed, levelStarts, suffixes: yield* sumSuffixes(levels) }
}

function* sumSuffixes(levels: Uint16Array): Generator<void, Uint32Array> {
  const blocks = Math.floor(levels.length / blockSize)
  const suffixes = new Uint32Array((blocks + 1) * columns)
  const counts = new Uint32Array(levelCount)
  for (let block = 0; block < blocks; block++) {
    for (let i = block * blockSize; i < (block + 1) * blockSize; i++) counts[levels[i]!]!++
    let sum = 0
    for (let level = levelCount - 1; level >= 0; level--) {
      sum += counts[level]!
      suffixes[(block + 1) * columns + level] = sum
    }
    yield
  }
  return suffixes
}

/** Events of the segment with `from <= timestamp < to` and, if `red` is given, more red than that. */
export function countInSegment(segment: Segment, from: number, to: number, red: number | undefined): [number, number] {
  const start = from <= segment.timestamps[0]! ? 0 : lowerBound(segment.timestamps, from)
  const end = to > segment.timestamps[segment.size - 1]! ? segment.size : lowerBound(segment.timestamps, to)
  if (start >= end) return [0, 0]
  return [end - start, red === undefined ? 0 : countAbove(segment, start, end, red)]
}

function countAbove(segment: Segment, start: number, end: number, red: number): number {
  const { size, levelStarts, redsByRed, positionsByRed } = segment
  const level = levelOf(red)
  const levelEnd = levelStarts[level + 1]!
  const firstAbove = upperBound(redsByRed, red, levelStarts[level]!, levelEnd)
  if (start === 0 && end === size) return size - firstAbove
  let above = countHigherLevels(segment, start, end, level)
  for (let i = firstAbove; i < levelEnd; i++) {
    const position = positionsByRed[i]!
    above += ((position - end) & ~(position - start)) >>> 31 // 1 if start <= position < end
  }
  return above
}

/**
 * Whole blocks by their sums, the rest one by one: at most two blocks, 2 bytes an event. The loops here take the sign
 * of a difference for a comparison, since a branch that is taken at random costs five times as much.
 */
function countHigherLevels({ levels, suffixes }: Segment, start: number, end: number, level: number): number {
  const firstBlock = Math.ceil(start / blockSize)
  const endBlock = Math.floor(end / blockSize)
  if (firstBlock >= endBlock) return countLevels(levels, start, end, level)
  return (
    countLevels(levels, start, firstBlock * blockSize, level) +
    suffixes[endBlock * columns + level + 1]! -
    suffixes[firstBlock * columns + level + 1]! +
    countLevels(levels, endBlock * blockSize, end, level)
  )
}

function countLevels(levels: Uint16Array, from: number, to: number, above: number): number {
  let count = 0
  for (let i = from; i < to; i++) count += (above - levels[i]!) >>> 31 // 1 if the level is higher
  return count
}

/** The reds in the order of time, which a segment keeps only in the order of red. */
export function* redsByTime({ size, redsByRed, positionsByRed }: Segment): Generator<void, Float64Array> {
  const reds = new Float64Array(size)
  for (let i = 0; i < size; i++) {
    reds[positionsByRed[i]!] = redsByRed[i]!
    if (i % sliceSize === sliceSize - 1) yield
  }
  return reds
}

export function bytesOf({ timestamps, levels, redsByRed, positionsByRed, levelStarts, suffixes }: Segment): number {
  const arrays = [timestamps, levels, redsByRed, positionsByRed, levelStarts, suffixes]
  return arrays.reduce((sum, array) => sum + array.byteLength, 0)
}

/** The first index whose value is at least `value`. */
function lowerBound(sorted: Float64Array, value: number): number {
  let [low, high] = [0, sorted.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if (sorted[middle]! < value) low = middle + 1
    else high = middle
  }
  return low
}

/** The first index in [low, high) whose value is above `value`. */
function upperBound(sorted: Float64Array, value: number, low: number, high: number): number {
  while (low < high) {
    const middle = (low + high) >>> 1
    if (sorted[middle]! <= value) low = middle + 1
    else high = middle
  }
  return low
}
