/**
 * Keeps events in ClickHouse: chDB, ClickHouse's own engine, in this process.
 * @module
 */
import { mkdir } from 'node:fs/promises'
import { resolve } from 'node:path'
import { isMainThread } from 'node:worker_threads'
import { RedStatsError } from '../errors.ts'
import { type RedEvent, sameEvent } from '../event.ts'
import { loadPeer } from '../missing-peer.ts'
import type { AppendStatus, CountQuery, RedStatsStore, SeriesPoint } from '../store.ts'
import { fromClickHouse } from './clickhouse-errors.ts'
import { createTable, insertPartitions, where } from './clickhouse-sql.ts'

export interface ClickHouseStoreOptions {
  /** Folder of the embedded database; made if it is missing. One process at a time. */
  readonly path: string
  /** Limit of a query in seconds. Default 30. */
  readonly maxExecutionSeconds?: number
  /** Clock in milliseconds since the epoch. Default `Date.now`. */
  readonly now?: () => number
}

/** The methods of `@clickhouse/client` that are used. */
interface Client {
  command(options: { query: string }): Promise<unknown>
  insert(options: { table: string; values: readonly unknown[]; format: 'JSONEachRow' }): Promise<unknown>
  query(options: {
    query: string
    format: 'JSONEachRow'
    query_params: Record<string, unknown>
    clickhouse_settings: { max_execution_time: number }
    abort_signal?: AbortSignal
  }): Promise<{ json<Row>(): Promise<Row[]> }>
  close(): Promise<void>
}

interface StoredRow {
  image_id: string
  ts: number | string
  client_id: string
  red: number
  stored_at: number | string
}

/** The bloom filter on ids is asked for this many at once: longer lists of parameters are slower than several queries. */
const idsPerLookup = 1000

/**
 * A store on ClickHouse. It needs `npm i chdb @clickhouse/client`; chDB runs on Linux and macOS, in the main thread.
 * What was acknowledged is on disk.
 *
 * @throws RedStatsError, when opened: `LOCKED` if another process has the folder, `MISSING_PEER`, `UNAVAILABLE`
 * @example
 * ```ts
 * import { RedStats } from 'ruddle/red-stats'
 * import { clickHouseStore } from 'ruddle/red-stats/clickhouse'
 *
 * await using stats = new RedStats({ store: clickHouseStore({ path: 'red-stats-data' }) })
 * await stats.record({ imageId: 'tomatoes', timestamp: 1000, clientId: 'kitchen', red: 0.85 })
 * await stats.count({ from: 0, to: 2000, red: 0.8 }) // => { total: 1, above: 1 }
 * ```
 */
export function clickHouseStore(options: ClickHouseStoreOptions): RedStatsStore {
  const { path, maxExecutionSeconds = 30, now = Date.now, ...unknown } = options
  for (const name of Object.keys(unknown)) throw new TypeError(`Unknown option \`${name}\` of clickHouseStore`)
  if (typeof path !== 'string' || path === '') throw new TypeError('Expected `path` to be the path of a folder')
  // A session of chDB is serial: a query behind an insert or another query waits for it.
  let sessions: { writer: Client; reader: Client } | undefined
  let appending: Promise<unknown> = Promise.resolve()

  function opened(): { writer: Client; reader: Client } {
    if (sessions === undefined) throw new RedStatsError('CLOSED', 'This store is not open')
    return sessions
  }

  async function select<Row>(
    client: Client,
    query: string,
    params: Record<string, unknown>,
    signal?: AbortSignal,
  ): Promise<Row[]> {
    try {
      const result = await client.query({
        query,
        format: 'JSONEachRow',
        query_params: params,
        clickhouse_settings: { max_execution_time: maxExecutionSeconds },
        ...(signal === undefined ? {} : { abort_signal: signal }),
      })
      return await result.json<Row>()
    } catch (error) {
      signal?.throwIfAborted()
      throw fromClickHouse(error, 'none')
    }
  }

  async function findStored(client: Client, ids: readonly string[]): Promise<Map<string, StoredRow>> {
    const found = new Map<string, StoredRow>()
    for (let start = 0; start < ids.length; start += idsPerLookup) {
      const rows = await select<StoredRow>(
        client,
        'SELECT image_id, ts, client_id, red, stored_at FROM red_events WHERE image_id IN {ids:Array(String)} ORDER BY stored_at',
        { ids: ids.slice(start, start + idsPerLookup) },
      )
      for (const row of rows) if (!found.has(row.image_id)) found.set(row.image_id, row)
    }
    return found
  }

  async function append(events: readonly RedEvent[]): Promise<AppendStatus[]> {
    const { writer } = opened()
    const storedAt = now()
    const known = await findStored(writer, [...new Set(events.map(({ imageId }) => imageId))])
    const fresh: StoredRow[] = []
    const results = events.map((event): AppendStatus => {
      const row = known.get(event.imageId)
      if (row !== undefined) {
        return sameEvent(fromRow(row), event)
          ? { status: 'duplicate', storedAt: Number(row.stored_at) }
          : { status: 'conflict' }
      }
      const added = toRow(event, storedAt)
      known.set(event.imageId, added)
      fresh.push(added)
      return { status: 'stored' }
    })
    for (const values of insertPartitions(fresh)) {
      try {
        await writer.insert({ table: 'red_events', values, format: 'JSONEachRow' })
      } catch (error) {
        throw fromClickHouse(error, 'unknown')
      }
    }
    return results
  }

  async function count(query: CountQuery): Promise<{ total: number; above: number | null }> {
    const { condition, params } = where(query)
    const [row] = await select<{ total: number | string; above: number | string }>(
      opened().reader,
      `SELECT count() AS total, countIf(red > {red:Float64}) AS above FROM red_events FINAL ${condition}`,
      { ...params, red: query.red ?? 1 },
      query.signal,
    )
    return { total: Number(row!.total), above: query.red === undefined ? null : Number(row!.above) }
  }

  return {
    capabilities: { durability: 'disk', conflicts: 'exact' },

    open: async () => {
      if (!isMainThread) {
        throw new RedStatsError(
          'UNAVAILABLE',
          'chDB ends the process when it is used in a worker thread; use the main thread',
        )
      }
      const { createClient } = await loadPeer('chdb @clickhouse/client', () => import('@clickhouse/client'))
      const { createChdbConnection } = await loadPeer('chdb @clickhouse/client', () => import('chdb/connection'))
      const folder = resolve(path)
      await mkdir(folder, { recursive: true })
      // chDB's connection class and the client's interface have separate private members, so their types never match.
      const connect = () =>
        createClient({ connection: createChdbConnection({ path: folder }) as never }) as unknown as Client
      const writer = connect()
      try {
        await writer.command({ query: createTable })
      } catch (cause) {
        await writer.close().catch(() => {})
        throw openError(folder, cause)
      }
      sessions = { writer, reader: connect() }
    },

    append: (events) => {
      // A lookup and the insert that follows from it are one step.
      const result = appending.then(() => append(events))
      appending = result.catch(() => {})
      return result
    },

    count,

    series: async ({ stepMs, ...query }) => {
      const { condition, params } = where(query)
      const rows = await select<{ step: number | string; total: number | string; above: number | string }>(
        opened().reader,
        `SELECT intDiv(ts - {from:Int64}, {step_ms:Int64}) AS step, count() AS total, countIf(red > {red:Float64}) AS above
         FROM red_events FINAL ${condition} GROUP BY step`,
        { ...params, step_ms: stepMs, red: query.red ?? 1 },
        query.signal,
      )
      const byStep = new Map(rows.map((row) => [Number(row.step), row]))
      const points: SeriesPoint[] = []
      for (let from = query.from, step = 0; from < query.to; from += stepMs, step++) {
        const row = byStep.get(step)
        const above = query.red === undefined ? null : Number(row?.above ?? 0)
        points.push({ from, total: Number(row?.total ?? 0), above })
      }
      return points
    },

    distribution: async ({ bins, ...query }) => {
      const { condition, params } = where(query)
      const rows = await select<{ bin: number | string; n: number | string }>(
        opened().reader,
        `SELECT least(toUInt32(floor(red * {bins:UInt32})), {bins:UInt32} - 1) AS bin, count() AS n
         FROM red_events FINAL ${condition} GROUP BY bin`,
        { ...params, bins },
        query.signal,
      )
      const counts = new Array<number>(bins).fill(0)
      for (const { bin, n } of rows) counts[Number(bin)] = Number(n)
      return counts
    },

    list: async ({ limit, ...query }) => {
      const { condition, params } = where(query, query.red === undefined ? [] : ['red > {red:Float64}'])
      const rows = await select<StoredRow>(
        opened().reader,
        `SELECT image_id, ts, client_id, red, stored_at FROM red_events FINAL ${condition}
         ORDER BY ts DESC, image_id DESC LIMIT {limit:UInt32}`,
        { ...params, limit, red: query.red ?? 1 },
        query.signal,
      )
      return rows.map(fromRow)
    },

    close: async () => {
      await appending
      const closing = sessions
      sessions = undefined
      await closing?.reader.close()
      await closing?.writer.close()
    },
  }
}

function openError(folder: string, cause: unknown): RedStatsError {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined
  if (code !== 'CHDB_CONNECTION') return fromClickHouse(cause, 'none')
  // chDB tells a locked folder from other failures only in what it prints to standard error
  return new RedStatsError(
    'LOCKED',
    `The data folder ${folder} cannot be opened: another process has it open; stop that process or choose another folder`,
    { cause },
  )
}

function toRow(event: RedEvent, storedAt: number): StoredRow {
  const { imageId, timestamp, clientId, red } = event
  return { image_id: imageId, ts: timestamp, client_id: clientId, red, stored_at: storedAt }
}

function fromRow(row: StoredRow): RedEvent {
  return { imageId: row.image_id, timestamp: Number(row.ts), clientId: row.client_id, red: Number(row.red) }
}
