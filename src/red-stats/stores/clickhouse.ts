/**
 * Keeps events in ClickHouse: chDB, ClickHouse's own engine, in this process; or a server or cluster.
 * The guides: [where events are kept](../../../docs/red-stats.md#where-events-are-kept),
 * [a server and a cluster](../../../docs/operations.md).
 * @module
 */
import { createHash } from 'node:crypto'
import { RedStatsError } from '../errors.ts'
import { type RedEvent, sameEvent } from '../event.ts'
import type { AppendStatus, IndexableStore, SeriesPoint } from '../store.ts'
import { readColumns } from './clickhouse/columns.ts'
import { fromClickHouse, isWithoutTables } from './clickhouse/errors.ts'
import { migrate } from './clickhouse/migrate.ts'
import { type ClickHouseStoreOptions, parseOptions } from './clickhouse/options.ts'
import { queriesOn, type Statement } from './clickhouse/queries.ts'
import { type CountRow, fromRow, type StoredRow, toCounts, toRow } from './clickhouse/rows.ts'
import { dropBefore, splitByPartitions } from './clickhouse/schema.ts'
import { openFolder, openServer, type RequestOptions, type Sessions } from './clickhouse/sessions.ts'

export type { ClickHouseFolder, ClickHouseServer, ClickHouseStoreOptions } from './clickhouse/options.ts'

/** Longer lists of ids are slower than several queries. */
const idsPerQuery = 1000
/**
 * With less space free, nothing is inserted. The engine checks for room before it writes a part, but not whether every
 * write of it succeeded: where the disk fills up in between, it acknowledges an insert or a merge that is not there.
 */
const minFreeBytes = 128 * 2 ** 20
const columns: [string, ...string[]] = ['ts', 'image_id', 'client_id', 'red', 'stored_at']

/**
 * A store on ClickHouse. `{ path }` needs `npm i chdb @clickhouse/client` (chDB runs on Linux and macOS, in the main
 * thread, one process a folder), `{ url }` needs `npm i @clickhouse/client`. What was acknowledged is on disk.
 *
 * @throws RedStatsError, when opened: `LOCKED` if another process has the folder, `MISSING_PEER`, `UNAVAILABLE`,
 * `CORRUPT` if a newer version of this package has changed the tables
 * @example
 * ```ts
 * import { indexed, RedStats } from 'ruddle/red-stats'
 * import { clickHouseStore } from 'ruddle/red-stats/clickhouse'
 *
 * await using stats = new RedStats({ store: indexed(clickHouseStore({ path: 'red-stats-data' })) })
 * await stats.record({ imageId: 'tomatoes', timestamp: 1000, clientId: 'kitchen', red: 0.85 })
 * await stats.count({ from: 0, to: 2000, red: 0.8 }) // => { total: 1, above: 1 }
 * ```
 */
export function clickHouseStore(options: ClickHouseStoreOptions): IndexableStore {
  const { path, url, username, password, database, cluster, timeoutMs, now } = parseOptions(options)
  const place = { database, cluster }
  // One owner of a folder, which looks for repeats before it inserts: no row is ever there twice. A server may have
  // several writers, and repeats that raced are merged by FINAL.
  const statements = queriesOn(path === undefined ? `${database}.red_events FINAL` : `${database}.red_events`)
  const settings = {
    max_execution_time: timeoutMs / 1000,
    ...(path === undefined ? { wait_end_of_query: 1 } : {}), // else an exception can come in the middle of an answer
  }
  let sessions: Sessions | undefined
  let writing: Promise<unknown> = Promise.resolve()

  function opened(): Sessions {
    if (sessions === undefined) throw new RedStatsError('CLOSED', 'This store is not open')
    return sessions
  }

  async function select<Row>({ query, params }: Statement, signal?: AbortSignal): Promise<Row[]> {
    signal?.throwIfAborted()
    const request: RequestOptions = { query_params: params, clickhouse_settings: settings }
    if (signal !== undefined) request.abort_signal = signal
    try {
      return await opened().read(async (client) => {
        const result = await client.query({ query, format: 'JSONEachRow', ...request })
        return result.json<Row>()
      })
    } catch (error) {
      signal?.throwIfAborted()
      throw fromClickHouse(error, 'none')
    }
  }

  async function find(imageIds: Iterable<string>): Promise<Map<string, StoredRow>> {
    const ids = [...new Set(imageIds)]
    const found = new Map<string, StoredRow>()
    for (let start = 0; start < ids.length; start += idsPerQuery) {
      const rows = await select<StoredRow>(statements.find(ids.slice(start, start + idsPerQuery)))
      for (const row of rows) if (!found.has(row.image_id)) found.set(row.image_id, row)
    }
    return found
  }

  async function insert(events: readonly RedEvent[], storedAt: number): Promise<void> {
    const { writer } = opened()
    for (const part of splitByPartitions(events)) {
      const values = part.map(({ imageId, timestamp, clientId, red }) => [timestamp, imageId, clientId, red, storedAt])
      try {
        await writer.insert({
          table: `${database}.red_events`,
          columns,
          values,
          format: 'JSONCompactEachRow',
          clickhouse_settings: { ...settings, ...insertSettings(part) },
        })
      } catch (error) {
        throw fromClickHouse(error, 'unknown')
      }
    }
  }

  function insertSettings(part: readonly RedEvent[]): Record<string, string | number> {
    const reserve = { min_free_disk_bytes_to_perform_insert: minFreeBytes }
    if (path !== undefined) return reserve
    const hash = createHash('sha256')
    for (const { imageId, timestamp, clientId, red } of part) {
      hash.update(JSON.stringify([imageId, timestamp, clientId, red]))
    }
    // A repeat of this very insert, also one that is still on its way, is ignored by the server.
    const once = { ...reserve, insert_deduplication_token: hash.digest('hex') }
    return cluster === undefined ? once : { ...once, insert_quorum: 'auto', distributed_foreground_insert: 1 }
  }

  async function append(events: readonly RedEvent[]): Promise<AppendStatus[]> {
    const storedAt = now()
    const known = await find(events.map(({ imageId }) => imageId))
    const fresh: RedEvent[] = []
    const results = events.map((event): AppendStatus => {
      const row = known.get(event.imageId)
      if (row === undefined) {
        known.set(event.imageId, toRow(event, storedAt))
        fresh.push(event)
        return { status: 'stored' }
      }
      const same = sameEvent(fromRow(row), event)
      return same ? { status: 'duplicate', storedAt: Number(row.stored_at) } : { status: 'conflict' }
    })
    await insert(fresh, storedAt)
    return results
  }

  /** A server that came back empty has its tables made again. */
  async function withTables<Result>(write: () => Promise<Result>): Promise<Result> {
    try {
      return await write()
    } catch (error) {
      if (!isWithoutTables(error)) throw error
      await migrate(opened(), place, now).catch((cause: unknown) => {
        throw fromClickHouse(cause, 'none')
      })
      return write()
    }
  }

  /** One after the other: a search for repeats and the insert that follows from it are one step. */
  function inTurn<Result>(write: () => Promise<Result>): Promise<Result> {
    const result = writing.then(write)
    writing = result.catch(() => {})
    return result
  }

  return {
    capabilities: {
      durability: cluster === undefined ? 'disk' : 'quorum',
      conflicts: path === undefined ? 'best-effort' : 'exact',
    },

    open: async () => {
      if (sessions !== undefined) return
      const opening =
        path === undefined
          ? await openServer({ url, username, password, request_timeout: timeoutMs * 1.25 })
          : await openFolder(path)
      try {
        await migrate(opening, place, now)
      } catch (error) {
        await opening.close()
        throw fromClickHouse(error, 'none')
      }
      sessions = opening
    },

    append: (events) => inTurn(() => withTables(() => append(events))),
    insert: (events) => inTurn(() => withTables(() => insert(events, now()))),

    count: async (query) => {
      const [row] = await select<CountRow>(statements.count(query), query.signal)
      return toCounts(row!)
    },

    series: async (query) => {
      const rows = await select<CountRow & { step: number | string }>(statements.series(query), query.signal)
      const byStep = new Map(rows.map((row) => [Number(row.step), row]))
      const empty = { total: 0, above: query.red === undefined ? null : 0 }
      const points: SeriesPoint[] = []
      for (let from = query.from, step = 0; from < query.to; from += query.stepMs, step++) {
        points.push({ from, ...toCounts(byStep.get(step) ?? empty) })
      }
      return points
    },

    distribution: async (query) => {
      const rows = await select<{ bin: number | string; total: number | string }>(
        statements.distribution(query),
        query.signal,
      )
      const counts = new Array<number>(query.bins).fill(0)
      for (const { bin, total } of rows) counts[Number(bin)] = Number(total)
      return counts
    },

    list: async (query) => (await select<StoredRow>(statements.list(query), query.signal)).map(fromRow),

    scan: async (query) => {
      const { query: text, params } = statements.scan(query)
      try {
        return await opened().read(async (client) => {
          const { stream } = await client.exec({
            query: text,
            query_params: params,
            clickhouse_settings: { ...settings, max_execution_time: 0 },
          })
          return readColumns(stream)
        })
      } catch (error) {
        throw fromClickHouse(error, 'none')
      }
    },

    ping: async () => {
      await select({ query: 'SELECT 1', params: {} })
    },

    expire: (before) =>
      inTurn(async () => {
        const { select: query, drop } = dropBefore(place, before)
        const partitions = await select<{ partition: string }>({ query, params: {} })
        try {
          for (const { partition } of partitions) await opened().writer.command({ query: drop(partition) })
        } catch (error) {
          throw fromClickHouse(error, 'unknown')
        }
      }),

    close: async () => {
      await writing
      const closing = sessions
      sessions = undefined
      await closing?.close()
    },
  }
}
