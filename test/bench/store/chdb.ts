import { createClient } from '@clickhouse/client'
import { createChdbConnection } from 'chdb/connection'
import { clickHouseStore } from '../../../src/red-stats/stores/clickhouse.ts'
import { type Contender, redSql, timestampSql } from './events.ts'

export type ChdbClient = ReturnType<typeof chdbClient>

/** A session of its own beside those of a store that has the folder open. */
export function chdbClient(path: string) {
  // The connection's class and the client's interface have separate private members: their types never match.
  return createClient({ connection: createChdbConnection({ path }) as never })
}

/** A folder with the tables of clickHouseStore and n events in them. */
export async function fillFolder(path: string, n: number): Promise<void> {
  const store = clickHouseStore({ path })
  await store.open()
  const client = chdbClient(path)
  const step = 10_000_000
  for (let first = 0; first < n; first += step) {
    const rows = Math.min(step, n - first)
    await client.command({
      query: `INSERT INTO red_events SELECT ${timestampSql(n, 'number', (a, b) => `intDiv(${a}, ${b})`)}, toString(number), toString(number % 1000), ${redSql('number')}, 0 FROM numbers(${first}, ${rows})`,
    })
  }
  await client.close()
  await store.close()
}

/** The obvious design: ask ClickHouse, which scans the range. */
export function plainScan(path: string): Contender {
  const client = chdbClient(path)
  return {
    name: 'ClickHouse (chDB), scan',
    ask: async ({ from, to, red }) => {
      const result = await client.query({
        query:
          'SELECT count() AS total, countIf(red > {red:Float64}) AS above FROM red_events WHERE ts >= {from:Int64} AND ts < {to:Int64}',
        query_params: { from, to, red },
        format: 'JSONEachRow',
      })
      const [row] = await result.json<{ total: number; above: number }>()
      return [Number(row!.total), Number(row!.above)]
    },
    close: () => client.close(),
  }
}
