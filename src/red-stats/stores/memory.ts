import { type RedEvent, sameEvent } from '../event.ts'
import type { AppendStatus, CountQuery, Counts, EventFilter, ListQuery, RedStatsStore, SeriesPoint } from '../store.ts'

/**
 * Keeps events in this process, for tests and for services that need no history. Everything is lost when it ends.
 *
 * @param options.now Clock in milliseconds since the epoch. Default `Date.now`.
 * @example
 * ```ts
 * import { memoryStore, RedStats } from 'ruddle/red-stats'
 *
 * await using stats = new RedStats({ store: memoryStore() })
 * await stats.record({ imageId: 'a', timestamp: 1000, clientId: 'me', red: 0.9 })
 * await stats.count({ from: 0, to: 2000, red: 0.8 }) // => { total: 1, above: 1 }
 * ```
 */
export function memoryStore({ now = Date.now }: { readonly now?: () => number } = {}): RedStatsStore {
  const byId = new Map<string, { event: RedEvent; storedAt: number }>()

  function append(event: RedEvent): AppendStatus {
    const known = byId.get(event.imageId)
    if (known === undefined) {
      byId.set(event.imageId, { event, storedAt: now() })
      return { status: 'stored' }
    }
    return sameEvent(known.event, event) ? { status: 'duplicate', storedAt: known.storedAt } : { status: 'conflict' }
  }

  function* matching({ from = 0, to = Number.POSITIVE_INFINITY, clientId }: EventFilter): Generator<RedEvent> {
    for (const { event } of byId.values()) {
      if (event.timestamp < from || event.timestamp >= to) continue
      if (clientId === undefined || event.clientId === clientId) yield event
    }
  }

  function count(query: CountQuery): Counts {
    let total = 0
    let above = 0
    for (const event of matching(query)) {
      total++
      if (query.red !== undefined && event.red > query.red) above++
    }
    return { total, above: query.red === undefined ? null : above }
  }

  return {
    capabilities: { durability: 'memory', conflicts: 'exact' },
    open: async () => {},
    append: async (events) => events.map(append),
    count: async (query) => count(query),
    series: async ({ stepMs, ...query }) => {
      const points: SeriesPoint[] = []
      for (let from = query.from; from < query.to; from += stepMs) {
        points.push({ from, ...count({ ...query, from, to: Math.min(from + stepMs, query.to) }) })
      }
      return points
    },
    distribution: async ({ bins, ...query }) => {
      const counts = new Array<number>(bins).fill(0)
      for (const { red } of matching(query)) counts[Math.min(bins - 1, Math.floor(red * bins))]!++
      return counts
    },
    list: async ({ limit, after, red, ...query }: ListQuery) =>
      [...matching(query)]
        .filter((event) => red === undefined || event.red > red)
        .filter((event) => after === undefined || newestFirst(after, event) < 0)
        .sort(newestFirst)
        .slice(0, limit),
    close: async () => {},
  }
}

type Place = Pick<RedEvent, 'timestamp' | 'imageId'>

function newestFirst(a: Place, b: Place): number {
  return b.timestamp - a.timestamp || Buffer.compare(Buffer.from(b.imageId), Buffer.from(a.imageId))
}
