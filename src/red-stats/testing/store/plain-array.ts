import { type RedEvent, sameEvent } from '../../event.ts'
import type { CountQuery, Counts, DistributionQuery, ListQuery, SeriesPoint, SeriesQuery } from '../../store.ts'

/** The contract in its simplest form, which every store must agree with. */
export interface PlainArray {
  readonly events: readonly RedEvent[]
  append(events: readonly RedEvent[]): string[]
  count(query: CountQuery): Counts
  series(query: SeriesQuery): SeriesPoint[]
  distribution(query: DistributionQuery): number[]
  list(query: ListQuery): RedEvent[]
}

export function plainArray(): PlainArray {
  const stored: RedEvent[] = []
  const byId = new Map<string, RedEvent>()

  function matching({ from = 0, to = Number.POSITIVE_INFINITY, clientId }: CountQuery): RedEvent[] {
    return stored.filter(
      (event) =>
        event.timestamp >= from && event.timestamp < to && (clientId === undefined || event.clientId === clientId),
    )
  }

  function count(query: CountQuery): Counts {
    const events = matching(query)
    const { red } = query
    return { total: events.length, above: red === undefined ? null : events.filter((event) => event.red > red).length }
  }

  return {
    events: stored,
    append: (events) =>
      events.map((event) => {
        const known = byId.get(event.imageId)
        if (known !== undefined) return sameEvent(known, event) ? 'duplicate' : 'conflict'
        byId.set(event.imageId, event)
        stored.push(event)
        return 'stored'
      }),
    count,
    series: ({ stepMs, ...query }) => {
      const points: SeriesPoint[] = []
      for (let from = query.from; from < query.to; from += stepMs) {
        points.push({ from, ...count({ ...query, from, to: Math.min(from + stepMs, query.to) }) })
      }
      return points
    },
    distribution: ({ bins, ...query }) => {
      const counts = new Array<number>(bins).fill(0)
      for (const { red } of matching(query)) counts[Math.min(bins - 1, Math.floor(red * bins))]!++
      return counts
    },
    list: ({ limit, after, red, ...query }) =>
      matching(query)
        .filter((event) => red === undefined || event.red > red)
        .filter((event) => after === undefined || newestFirst(after, event) < 0)
        .sort(newestFirst)
        .slice(0, limit),
  }
}

type Place = Pick<RedEvent, 'timestamp' | 'imageId'>

function newestFirst(a: Place, b: Place): number {
  return b.timestamp - a.timestamp || Buffer.compare(Buffer.from(b.imageId), Buffer.from(a.imageId))
}
