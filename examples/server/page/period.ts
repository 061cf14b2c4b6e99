/** Milliseconds since the epoch, `[from, to)`. */
export interface Range {
  readonly from: number
  readonly to: number
}

/** What is asked about: the time up to now, everything, or between two times. */
export type Period = { readonly lastMs: number } | 'all' | Range

/** A range cut into equal steps for the chart. */
export interface Steps extends Range {
  readonly stepMs: number
}

const second = 1000
const minute = 60 * second
const hour = 60 * minute
const day = 24 * hour
const niceSteps = [
  ...[1, 2, 5, 10, 20, 50, 100, 200, 500],
  ...[1, 2, 5, 10, 15, 30].map((count) => count * second),
  ...[1, 2, 5, 10, 15, 30].map((count) => count * minute),
  ...[1, 2, 3, 6, 12].map((count) => count * hour),
  ...[1, 2, 7, 30, 90, 365, 3650].map((count) => count * day),
]
const mostSteps = 100
const shortest = 20
const lastMoment = Date.UTC(2100, 0) - 1

/**
 * The steps of what is looked at. A range with two ends is taken as it is; one that moves with the time is widened to
 * whole steps of the clock, so that the steps stay where they are.
 * @param extent From the first to the last event
 */
export function stepsOf(period: Period, extent: Range | undefined, now: number): Steps {
  if (period !== 'all' && 'from' in period) return { ...period, stepMs: stepOf(period) }
  const range = period === 'all' ? (extent ?? { from: now - hour, to: now }) : { from: now - period.lastMs, to: now }
  const stepMs = stepOf(range)
  return {
    from: Math.max(0, Math.floor(range.from / stepMs) * stepMs),
    to: Math.min(lastMoment, (Math.floor(range.to / stepMs) + 1) * stepMs),
    stepMs,
  }
}

/** The shortest length that a clock has and of which the range holds at most a hundred. */
function stepOf({ from, to }: Range): number {
  return niceSteps.find((step) => (to - from) / step <= mostSteps) ?? niceSteps.at(-1)!
}

/** A range around the same middle, `factor` times as long. */
export function scaled({ from, to }: Range, factor: number): Range {
  const half = Math.max(shortest, (to - from) * factor) / 2
  const middle = (from + to) / 2
  return within({ from: middle - half, to: middle + half })
}

/** The range that is `share` of its length later, or earlier if that is negative. */
export function shifted({ from, to }: Range, share: number): Range {
  const by = (to - from) * share
  return within({ from: from + by, to: to + by })
}

/** Whole milliseconds, and not before or after what can be asked. */
export function within({ from, to }: Range): Range {
  const start = Math.max(0, Math.min(Math.round(from), lastMoment - shortest))
  return { from: start, to: Math.min(lastMoment, Math.max(Math.round(to), start + shortest)) }
}
