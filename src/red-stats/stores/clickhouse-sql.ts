import type { CountQuery, ListQuery } from '../store.ts'

const partitionMs = 2_592_000_000 // 30 days
const maxPartitionsPerInsert = 100 // ClickHouse refuses an insert into more

/**
 * Int64 milliseconds, since ClickHouse reads a JSON integer given to a DateTime64 as ticks; Float64, since 0.85 as a
 * Float32 is above 0.85. The bloom filter finds repeats by id. Without fsync an insert outlives the process but not
 * a loss of power.
 */
export const createTable: string = `
  CREATE TABLE IF NOT EXISTS red_events (
    ts Int64 CODEC(Delta, ZSTD(1)),
    image_id String,
    client_id String,
    red Float64,
    stored_at Int64,
    INDEX by_image_id image_id TYPE bloom_filter(0.001) GRANULARITY 1
  ) ENGINE = ReplacingMergeTree
  PARTITION BY intDiv(ts, ${partitionMs})
  ORDER BY (ts, image_id)
  SETTINGS fsync_after_insert = 1, fsync_part_directory = 1`

/** The WHERE clause of a query; values go to ClickHouse as parameters, never as text of the query. */
export function where(
  query: CountQuery & Partial<Pick<ListQuery, 'after'>>,
  further: readonly string[] = [],
): { condition: string; params: Record<string, unknown> } {
  const { from, to, clientId, after } = query
  const conditions = [...further]
  const params: Record<string, unknown> = {}
  if (from !== undefined) {
    conditions.push('ts >= {from:Int64}')
    params['from'] = from
  }
  if (to !== undefined) {
    conditions.push('ts < {to:Int64}')
    params['to'] = to
  }
  if (clientId !== undefined) {
    conditions.push('client_id = {client_id:String}')
    params['client_id'] = clientId
  }
  if (after !== undefined) {
    conditions.push('(ts, image_id) < ({after_ts:Int64}, {after_id:String})')
    params['after_ts'] = after.timestamp
    params['after_id'] = after.imageId
  }
  return { condition: conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`, params }
}

/** Splits rows so that no insert touches more partitions than ClickHouse takes. */
export function insertPartitions<Row extends { ts: number | string }>(rows: readonly Row[]): Row[][] {
  const byPartition = new Map<number, Row[]>()
  for (const row of rows) {
    const partition = Math.floor(Number(row.ts) / partitionMs)
    const group = byPartition.get(partition)
    if (group === undefined) byPartition.set(partition, [row])
    else group.push(row)
  }
  const partitions = [...byPartition.values()]
  const inserts: Row[][] = []
  for (let start = 0; start < partitions.length; start += maxPartitionsPerInsert) {
    inserts.push(partitions.slice(start, start + maxPartitionsPerInsert).flat())
  }
  return inserts
}
