import { RedStatsError } from './errors.ts'
import { invalid, maxTimestamp, parseId, parseRed, parseTimestamp } from './event.ts'
import type { CountQuery, DistributionQuery, EventFilter, ListQuery, SeriesQuery } from './store.ts'

const maxBuckets = 10_000
const maxBins = 1000
const maxLimit = 10_000

/** What is asked of a count; an id may be a safe integer. */
export interface CountOptions {
  /** First millisecond of the range. Default: the first event. */
  readonly from?: number
  /** First millisecond after the range. Default: after the last event. */
  readonly to?: number
  /** Count also the images with more red than this, from 0 to 1. */
  readonly red?: number
  /** Only images of this sender. */
  readonly clientId?: string | number
  readonly signal?: AbortSignal
}

export interface SeriesOptions extends CountOptions {
  readonly from: number
  readonly to: number
  /** Length of a step in milliseconds; at most 10,000 steps. */
  readonly stepMs: number
}

export interface DistributionOptions extends Omit<CountOptions, 'red'> {
  /** Number of equal parts of 0 to 1, from 1 to 1,000. */
  readonly bins: number
}

export interface ListOptions extends CountOptions {
  /** At most this many images, from 1 to 10,000. Default 100. */
  readonly limit?: number
  /** `next` of the page before. */
  readonly after?: string
}

function parseFilter({ from, to, clientId, signal }: CountOptions): EventFilter {
  if (from !== undefined) parseTimestamp('from', from)
  if (to !== undefined && to !== maxTimestamp + 1) parseTimestamp('to', to)
  if (from !== undefined && to !== undefined && from > to) throw invalid('from', `at most \`to\` (${to})`, from)
  return {
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
    ...(clientId === undefined ? {} : { clientId: parseId('clientId', clientId) }),
    ...(signal === undefined ? {} : { signal }),
  }
}

export function parseCount(options: CountOptions): CountQuery {
  const filter = parseFilter(options)
  return options.red === undefined ? filter : { ...filter, red: parseRed('red', options.red) }
}

export function parseSeries(options: SeriesOptions): SeriesQuery {
  const { from, to, stepMs } = options
  if (from === undefined || to === undefined) {
    throw invalid(from === undefined ? 'from' : 'to', 'given for a series', undefined)
  }
  parseInteger('stepMs', stepMs, 1, maxTimestamp)
  const query = parseCount(options)
  if ((to - from) / stepMs > maxBuckets)
    throw invalid('stepMs', `at least ${Math.ceil((to - from) / maxBuckets)}`, stepMs)
  return { ...query, from, to, stepMs }
}

export function parseDistribution(options: DistributionOptions): DistributionQuery {
  parseInteger('bins', options.bins, 1, maxBins)
  return { ...parseFilter(options), bins: options.bins }
}

export function parseList(options: ListOptions): ListQuery {
  const { limit = 100, after } = options
  parseInteger('limit', limit, 1, maxLimit)
  return { ...parseCount(options), limit, ...(after === undefined ? {} : { after: parsePage(after) }) }
}

/** A page ends at an event; its place is what `next` holds. */
export function pageAfter({ timestamp, imageId }: { timestamp: number; imageId: string }): string {
  return Buffer.from(JSON.stringify([timestamp, imageId])).toString('base64url')
}

function parsePage(after: string): { timestamp: number; imageId: string } {
  try {
    const [timestamp, imageId] = JSON.parse(Buffer.from(after, 'base64url').toString()) as unknown[]
    return { timestamp: parseTimestamp('after', timestamp), imageId: parseId('after', imageId) }
  } catch (cause) {
    throw new RedStatsError('INVALID', 'Expected `after` to be the `next` of a page', { field: 'after', cause })
  }
}

function parseInteger(field: string, value: unknown, from: number, to: number): void {
  if (!Number.isSafeInteger(value) || (value as number) < from || (value as number) > to) {
    throw invalid(field, `an integer from ${from} to ${to}`, value)
  }
}
