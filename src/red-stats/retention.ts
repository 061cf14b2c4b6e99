import type { Counts, EventFilter, RedStatsStore, SeriesPoint, SeriesQuery } from './store.ts'

export interface RetentionOptions {
  /** Events older than this are neither counted nor listed. */
  readonly retentionMs: number
  readonly now: () => number
  /** Is told when space could not be freed, which is tried again later. */
  readonly onError: (error: unknown) => void
}

const expireEveryMs = 3_600_000

/**
 * A store whose events end. A query does not see an expired event from the millisecond of its expiry; the space is
 * freed later, at most once an hour, when something is stored.
 */
export function withRetention(store: RedStatsStore, options: RetentionOptions): RedStatsStore {
  const { retentionMs, now, onError } = options
  let nextExpiry = 0

  const oldest = (): number => Math.max(0, now() - retentionMs)
  const kept = <Query extends EventFilter>(query: Query): Query => ({
    ...query,
    from: Math.max(query.from ?? 0, oldest()),
  })

  async function series(query: SeriesQuery): Promise<SeriesPoint[]> {
    const { from: start, to: end, stepMs, red } = query
    const first = oldest()
    if (start >= first) return store.series(query)
    const none: Counts = { total: 0, above: red === undefined ? null : 0 }
    const points: SeriesPoint[] = []
    let from = start
    for (; from + stepMs <= first && from < end; from += stepMs) points.push({ from, ...none })
    if (from >= end) return points
    const cut = Math.min(from + stepMs, end) // the step in which the oldest event is
    const counts = first < cut ? await store.count({ ...query, from: first, to: cut }) : none
    const rest = cut < end ? await store.series({ ...query, from: cut }) : []
    return [...points, { from, ...counts }, ...rest]
  }

  function expireNowAndThen(): void {
    if (store.expire === undefined || now() < nextExpiry) return
    nextExpiry = now() + expireEveryMs
    store.expire(oldest()).catch(onError)
  }

  return {
    ...store,
    append: async (events) => {
      const results = await store.append(events)
      expireNowAndThen()
      return results
    },
    count: (query) => store.count(kept(query)),
    series,
    distribution: (query) => store.distribution(kept(query)),
    list: (query) => store.list(kept(query)),
  }
}
