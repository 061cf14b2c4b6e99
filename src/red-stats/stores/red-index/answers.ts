import { setImmediate as nextTurn } from 'node:timers/promises'
import type { DistributionQuery, SeriesPoint, SeriesQuery } from '../../store.ts'
import type { RedIndexView } from './red-index.ts'

const sliceMs = 4

/** The counts of each step, all of one snapshot; others get their turn while it works. */
export async function seriesOf(view: RedIndexView, query: SeriesQuery): Promise<SeriesPoint[]> {
  const { from: start, to: end, stepMs, red, signal } = query
  const pause = pacer(signal)
  const points: SeriesPoint[] = []
  for (let from = start; from < end; from += stepMs) {
    points.push({ from, ...view.count(from, Math.min(from + stepMs, end), red) })
    await pause()
  }
  return points
}

/** How many events fall into each bin, all of one snapshot: differences of the counts above the bins' edges. */
export async function distributionOf(view: RedIndexView, query: DistributionQuery): Promise<number[]> {
  const { from = 0, to = Number.POSITIVE_INFINITY, bins, signal } = query
  const pause = pacer(signal)
  const counts: number[] = []
  let atLeast = view.count(from, to, undefined).total
  for (let bin = 0; bin < bins; bin++) {
    const inHigherBins = bin === bins - 1 ? 0 : (view.count(from, to, lastOfBin(bin, bins)).above ?? 0)
    counts.push(atLeast - inHigherBins)
    atLeast = inHigherBins
    await pause()
  }
  return counts
}

/** The greatest red with `Math.floor(red * bins) <= bin`: found by single steps, since the product is rounded. */
function lastOfBin(bin: number, bins: number): number {
  let red = (bin + 1) / bins
  while (Math.floor(red * bins) > bin) red = neighbour(red, -1n)
  while (Math.floor(neighbour(red, 1n) * bins) <= bin) red = neighbour(red, 1n)
  return red
}

function neighbour(value: number, step: bigint): number {
  const view = new DataView(new ArrayBuffer(8))
  view.setFloat64(0, value)
  view.setBigUint64(0, view.getBigUint64(0) + step)
  return view.getFloat64(0)
}

function pacer(signal: AbortSignal | undefined): () => Promise<void> | undefined {
  let until = performance.now() + sliceMs
  return () => {
    signal?.throwIfAborted()
    if (performance.now() < until) return undefined
    return nextTurn().then(() => {
      until = performance.now() + sliceMs
    })
  }
}
