import { setImmediate as nextTurn } from 'node:timers/promises'
import { type RedEvent, sameEvent } from '../event.ts'
import type { AppendStatus, CountQuery, Counts, EventFilter, ListQuery, RedStatsStore } from '../store.ts'
import { hashId } from './ids/hash-id.ts'
import { createIdTable } from './ids/id-table.ts'
import { createEventLog } from './memory/event-log.ts'
import { newestFirst } from './memory/newest-first.ts'
import { distributionOf, seriesOf } from './red-index/answers.ts'
import { createRedIndex, type RedIndexView } from './red-index/red-index.ts'

/**
 * Keeps events in this process, for tests and for services that need no history. Everything is lost when it ends.
 * Counting takes microseconds, however many events there are; per sender it looks at every event of the period.
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
export function memoryStore(options: { readonly now?: () => number } = {}): RedStatsStore {
  const { now = Date.now, ...unknown } = options
  for (const name of Object.keys(unknown)) throw new TypeError(`Unknown option \`${name}\` of memoryStore`)
  const log = createEventLog()
  const ids = createIdTable({ values: true })
  const index = createRedIndex()

  function append(event: RedEvent): AppendStatus {
    const hash = hashId(event.imageId)
    let known = -1
    ids.has(hash, (row) => {
      if (!log.hasId(row, event.imageId)) return false
      known = row
      return true
    })
    if (known >= 0) {
      const storedAt = log.storedAt(known)
      return sameEvent(log.get(known), event) ? { status: 'duplicate', storedAt } : { status: 'conflict' }
    }
    ids.add(hash, log.append(event, now()))
    index.add(event.timestamp, event.red)
    return { status: 'stored' }
  }

  function count({ clientId, red, ...query }: CountQuery): Counts {
    query.signal?.throwIfAborted()
    const { from = 0, to = Number.POSITIVE_INFINITY } = query
    if (clientId === undefined) return index.count(from, to, red)
    const threshold = red ?? 1
    let total = 0
    let above = 0
    log.scan({ ...query, clientId }, (_row, _timestamp, value) => {
      total++
      if (value > threshold) above++
      return undefined
    })
    return { total, above: red === undefined ? null : above }
  }

  /** What does not change while a longer answer is worked out; one sender's events get an index of their own. */
  function viewOf(filter: EventFilter): RedIndexView {
    if (filter.clientId === undefined) return index.snapshot()
    const ofClient = createRedIndex()
    log.scan(filter, (_row, timestamp, red) => {
      ofClient.add(timestamp, red)
      return undefined
    })
    return ofClient
  }

  function list({ limit, after, red = -1, ...filter }: ListQuery): RedEvent[] {
    filter.signal?.throwIfAborted()
    let newest: RedEvent[] = []
    const cut = (): number | undefined => {
      newest = newest.sort(newestFirst).slice(0, limit)
      return newest.length === limit ? newest.at(-1)!.timestamp : undefined
    }
    const to = Math.min(
      filter.to ?? Number.POSITIVE_INFINITY,
      after === undefined ? Number.POSITIVE_INFINITY : after.timestamp + 1,
    )
    log.scan({ ...filter, to }, (row, _timestamp, value) => {
      if (!(value > red)) return undefined
      const event = log.get(row)
      if (after !== undefined && newestFirst(after, event) >= 0) return undefined
      return newest.push(event) >= 2 * limit ? cut() : undefined
    })
    cut()
    return newest
  }

  return {
    capabilities: { durability: 'memory', conflicts: 'exact' },
    open: async () => {},
    append: async (events) => events.map(append),
    count: async (query) => count(query),
    series: async (query) => seriesOf(viewOf(query), query),
    distribution: async (query) => distributionOf(viewOf(query), query),
    list: async (query) => list(query),
    expire: async (before) => {
      index.dropBefore(before)
      for (const dropped of log.dropBefore(before)) {
        for (const { row, imageId } of dropped) ids.remove(hashId(imageId), row)
        await nextTurn()
      }
    },
    close: async () => {},
  }
}
