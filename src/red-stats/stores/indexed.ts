import { RedStatsError } from '../errors.ts'
import type { RedEvent } from '../event.ts'
import { inSlices } from '../in-slices.ts'
import type { AppendStatus, EventColumns, IndexableStore, RedStatsStore } from '../store.ts'
import { hashId, type IdHash } from './ids/hash-id.ts'
import { createIdTable, type IdTable } from './ids/id-table.ts'
import { inTurns } from './in-turns.ts'
import { distributionOf, seriesOf } from './red-index/answers.ts'
import { createRedIndex, type RedIndex } from './red-index/red-index.ts'

/** Large enough that reading is not slowed by questions, small enough that an append waits for milliseconds. */
const eventsPerScan = 1_000_000

/** A copy in memory of what is counted. */
interface Copy {
  readonly index: RedIndex
  readonly ids: IdTable
  /** Events before this time were read; later ones are yet to be. */
  readBefore: number
  /** Whether everything is in it that was read. */
  whole: boolean
}

/**
 * Puts an index in memory in front of a durable store that has one owner: counts, series and distributions take
 * microseconds, and a new image is stored without looking for repeats. What concerns one sender, and lists, come from
 * the store. About 34 bytes an event. The index is read from the store after opening; until that is done, the store
 * answers.
 *
 * @example
 * ```ts
 * import { indexed, RedStats } from 'ruddle/red-stats'
 * import { clickHouseStore } from 'ruddle/red-stats/clickhouse'
 *
 * await using stats = new RedStats({ store: indexed(clickHouseStore({ path: 'indexed-data' })) })
 * await stats.record({ imageId: 'tomatoes', timestamp: 1000, clientId: 'kitchen', red: 0.85 })
 * await stats.count({ from: 0, to: 2000, red: 0.8 }) // => { total: 1, above: 1 }
 * ```
 */
export function indexed(store: IndexableStore): RedStatsStore & {
  /** Resolves when the index answers; rejects when it could not be read, which is tried again with the next question. */
  loaded(): Promise<void>
} {
  let copy: Copy | undefined
  let loading: Promise<void> | undefined
  let uncertain: readonly RedEvent[] = []
  let writing: Promise<unknown> = Promise.resolve()
  let closed = false

  /** Reads the store into a new copy, a part at a time; appends go between the parts. */
  async function load(): Promise<void> {
    const { total } = await store.count({})
    const ids = createIdTable({ values: false, expected: total })
    const next: Copy = { index: createRedIndex(), ids, readBefore: 0, whole: false }
    copy = next
    let adding: Promise<void> = Promise.resolve()
    while (next.readBefore !== Number.POSITIVE_INFINITY) {
      const part = await serially(() => readPart(next))
      await adding
      adding = addPart(next, part) // while the next part is read
      adding.catch(() => {})
    }
    await adding
    next.whole = true
  }

  async function readPart(target: Copy): Promise<EventColumns> {
    if (closed) throw new RedStatsError('CLOSED', 'This store was closed')
    const part = await store.scan({ from: target.readBefore, atLeast: eventsPerScan })
    const isLast = part.timestamps.length < eventsPerScan
    target.readBefore = isLast ? Number.POSITIVE_INFINITY : part.timestamps.at(-1)! + 1
    return part
  }

  async function addPart({ index, ids }: Copy, { timestamps, reds, idHashes }: EventColumns): Promise<void> {
    await index.load(timestamps, reds)
    await inTurns(ids.addAll(idHashes), { ref: true })
  }

  function startLoading(): void {
    if (loading !== undefined || closed) return
    loading = load().catch((error: unknown) => {
      copy = undefined
      loading = undefined
      throw error
    })
    loading.catch(() => {}) // the caller of `loaded` is told; the store answers meanwhile
  }

  /** The index, if everything that is stored is in it. */
  function whole(): RedIndex | undefined {
    startLoading()
    return copy?.whole === true && uncertain.length === 0 ? copy.index : undefined
  }

  /** Events later than what was read so far will come with a later part. */
  function remember({ index, ids, readBefore }: Copy, event: RedEvent, hash: IdHash): void {
    if (event.timestamp >= readBefore) return
    index.add(event.timestamp, event.red)
    ids.add(hash)
  }

  async function append(events: readonly RedEvent[]): Promise<AppendStatus[]> {
    await settle()
    const target = copy
    if (target?.whole !== true) {
      startLoading()
      return appendThrough(events)
    }
    const hashes: IdHash[] = []
    const isNew: boolean[] = []
    const seen = new Set<string>()
    await inSlices(events, (slice) => {
      for (const { imageId } of slice) {
        const hash = hashId(imageId)
        hashes.push(hash)
        isNew.push(!seen.has(imageId) && !target.ids.has(hash))
        seen.add(imageId)
      }
    })
    const fresh = events.filter((_, index) => isNew[index])
    if (fresh.length > 0) await certainly(fresh, () => store.insert(fresh))
    await inSlices(events, (slice, start) => {
      slice.forEach((event, index) => {
        if (isNew[start + index]) remember(target, event, hashes[start + index]!)
      })
    })
    const others = events.filter((_, index) => !isNew[index])
    const results = others.length > 0 ? await appendThrough(others) : []
    let next = 0
    return isNew.map((fresh): AppendStatus => (fresh ? { status: 'stored' } : results[next++]!))
  }

  /** The store tells repeats from new events. */
  async function appendThrough(events: readonly RedEvent[]): Promise<AppendStatus[]> {
    const results = await certainly(events, () => store.append(events))
    events.forEach((event, index) => {
      if (results[index]!.status === 'stored' && copy !== undefined) remember(copy, event, hashId(event.imageId))
    })
    return results
  }

  /** Remembers which events may or may not have been stored. */
  async function certainly<Result>(events: readonly RedEvent[], write: () => Promise<Result>): Promise<Result> {
    try {
      return await write()
    } catch (error) {
      if (!(error instanceof RedStatsError && error.outcome === 'none')) uncertain = events
      throw error
    }
  }

  /** Stores again what may have been stored; the index answers no more until that is certain. */
  async function settle(): Promise<void> {
    if (uncertain.length === 0) return
    const results = await store.append(uncertain)
    const target = copy
    uncertain.forEach((event, index) => {
      if (target === undefined || results[index]!.status === 'conflict') return
      const hash = hashId(event.imageId)
      if (!target.ids.has(hash)) remember(target, event, hash)
    })
    uncertain = []
  }

  function serially<Result>(write: () => Promise<Result>): Promise<Result> {
    const result = writing.then(write)
    writing = result.catch(() => {})
    return result
  }

  return {
    capabilities: store.capabilities,
    open: async () => {
      await store.open()
      closed = false
      startLoading()
    },
    loaded: async () => {
      startLoading()
      await loading
    },
    append: (events) => serially(() => append(events)),
    count: async (query) => {
      const index = query.clientId === undefined ? whole() : undefined
      query.signal?.throwIfAborted()
      return index?.count(query.from ?? 0, query.to ?? Number.POSITIVE_INFINITY, query.red) ?? store.count(query)
    },
    series: async (query) => {
      const index = query.clientId === undefined ? whole() : undefined
      return index === undefined ? store.series(query) : seriesOf(index.snapshot(), query)
    },
    distribution: async (query) => {
      const index = query.clientId === undefined ? whole() : undefined
      return index === undefined ? store.distribution(query) : distributionOf(index.snapshot(), query)
    },
    list: (query) => store.list(query),
    ping: async () => store.ping?.(),
    expire: async (before) => {
      await serially(async () => store.expire?.(before))
      copy?.index.dropBefore(before)
    },
    close: async () => {
      closed = true
      await writing
      await loading?.catch(() => {})
      copy = undefined
      loading = undefined
      await store.close()
    },
  }
}
