import type { CountQuery, DistributionQuery, ListQuery, SeriesQuery } from '../../store.ts'

/** A statement and its values, which go to ClickHouse as parameters, never as text of the statement. */
export interface Statement {
  readonly query: string
  readonly params: Record<string, unknown>
}

/**
 * The questions of the store contract in ClickHouse's SQL.
 * @param table The table's name, followed by FINAL where several writers may have stored an event twice.
 */
export function queriesOn(table: string): {
  count(query: CountQuery): Statement
  series(query: SeriesQuery): Statement
  distribution(query: DistributionQuery): Statement
  list(query: ListQuery): Statement
  find(ids: readonly string[]): Statement
  scan(query: { from: number; atLeast: number }): Statement
} {
  return {
    count: (query) => {
      const { condition, params } = where(query)
      return { query: `SELECT count() AS total, ${above(query)} AS above FROM ${table} ${condition}`, params }
    },
    series: ({ stepMs, ...query }) => {
      const { condition, params } = where(query)
      return {
        query: `SELECT intDiv(ts - {from:Int64}, {step_ms:Int64}) AS step, count() AS total, ${above(query)} AS above FROM ${table} ${condition} GROUP BY step`,
        params: { ...params, step_ms: stepMs },
      }
    },
    distribution: ({ bins, ...query }) => {
      const { condition, params } = where(query)
      return {
        query: `SELECT least(toUInt32(floor(red * {bins:UInt32})), {bins:UInt32} - 1) AS bin, count() AS total FROM ${table} ${condition} GROUP BY bin`,
        params: { ...params, bins },
      }
    },
    list: ({ limit, after, ...query }) => {
      const further = query.red === undefined ? [] : ['red > {red:Float64}']
      const { condition, params } = where(query, after === undefined ? further : [...further, afterPlace])
      return {
        query: `SELECT image_id, ts, client_id, red, stored_at FROM ${table} ${condition} ORDER BY ts DESC, image_id DESC LIMIT {limit:UInt32}`,
        params: {
          ...params,
          limit,
          ...(after === undefined ? {} : { after_ts: after.timestamp, after_id: after.imageId }),
        },
      }
    },
    find: (ids) => ({
      query: `SELECT image_id, ts, client_id, red, stored_at FROM ${table} WHERE image_id IN {ids:Array(String)} ORDER BY stored_at`,
      params: { ids },
    }),
    scan: ({ from, atLeast }) => ({
      query: `SELECT toFloat64(ts), red, murmurHash3_32(image_id), xxHash32(image_id) FROM ${table} WHERE ts >= {from:Int64} ORDER BY ts LIMIT {at_least:UInt64} WITH TIES FORMAT RowBinary`,
      params: { from, at_least: atLeast },
    }),
  }
}

/** `ts <=` besides the comparison of pairs, which alone does not let ClickHouse skip what is newer. */
const afterPlace = 'ts <= {after_ts:Int64} AND (ts, image_id) < ({after_ts:Int64}, {after_id:String})'

function above({ red }: CountQuery): string {
  return red === undefined ? 'NULL' : 'countIf(red > {red:Float64})'
}

function where(
  { from, to, clientId, red }: CountQuery,
  further: readonly string[] = [],
): { condition: string; params: Record<string, unknown> } {
  const conditions = [
    ...(from === undefined ? [] : ['ts >= {from:Int64}']),
    ...(to === undefined ? [] : ['ts < {to:Int64}']),
    ...(clientId === undefined ? [] : ['client_id = {client_id:String}']),
    ...further,
  ]
  const given = Object.entries({ from, to, client_id: clientId, red }).filter(([, value]) => value !== undefined)
  return {
    condition: conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`,
    params: Object.fromEntries(given),
  }
}
