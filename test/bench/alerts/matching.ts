import pg from 'pg'
import { createThresholdIndex } from '../../../src/red-stats/alert-hub/threshold-index.ts'
import { startPostgres } from '../../servers/postgres.ts'
import { median, table } from '../measure.ts'
import { show, time, verdict } from './verdict.ts'

const subscriptions = 1_000_000
const red = 0.001 // 0.1 % of uniform thresholds lie below

/** Who is to be told of one event, among a million subscriptions. */
export async function matching(): Promise<string> {
  const index = createThresholdIndex()
  const map = new Map<number, { id: number; minRed: number; active: boolean }>()
  for (let id = 0; id < subscriptions; id++) {
    const minRed = Math.random()
    index.add(id, minRed)
    map.set(id, { id, minRed, active: true })
  }
  const found = new Uint32Array(subscriptions)
  const matched = index.match(red, found)

  const postgres = await startPostgres({ shared_buffers: '512MB', fsync: 'off' })
  const client = new pg.Client({ connectionString: postgres.url })
  await client.connect()
  const table_ = 'client_connections'
  await client.query(`CREATE TABLE ${table_} (id bigint PRIMARY KEY, client_id text, min_red float8, active boolean)`)
  await client.query(
    `INSERT INTO ${table_} SELECT n, 'client-' || n, random(), true FROM generate_series(1, ${subscriptions}) n`,
  )
  await client.query(`VACUUM ANALYZE ${table_}`)
  const query = { name: 'who', text: `SELECT id FROM ${table_} WHERE active AND min_red < $1`, values: [red] }

  const indexed: number[] = []
  const scanned: number[] = []
  const queried: number[] = []
  const queriedByIndex: number[] = []
  const changed: number[] = []
  for (let round = 0; round < 15; round++) {
    indexed.push(await timed(1000, () => void index.match(red, found)))
    scanned.push(
      await timed(1, () => {
        let count = 0
        for (const { id, minRed, active } of map.values()) if (active && minRed < red) found[count++] = id
      }),
    )
    queried.push(await timed(1, () => client.query(query)))
    changed.push(
      await timed(1000, (turn) => {
        const { id, minRed } = map.get((round * 1000 + turn) * 61)!
        index.delete(id, minRed)
        index.add(id, minRed)
      }),
    )
  }
  await client.query(`CREATE INDEX ON ${table_} (min_red) INCLUDE (id) WHERE active`)
  await client.query(`VACUUM ANALYZE ${table_}`)
  for (let round = 0; round < 30; round++) {
    queriedByIndex.push(await timed(3, () => client.query(query)))
    indexed.push(await timed(1000, () => void index.match(red, found)))
  }
  await client.end()
  await postgres.close()

  const own = median(indexed)
  const row = (what: string, times: readonly number[], bar?: Parameters<typeof verdict>[1]) => [
    what,
    time(median(times)),
    show(median(times) / own),
    ...(bar === undefined ? ['', '', ''] : verdict(median(times) / own, bar)),
  ]
  return `### Matching one event, 1,000,000 subscriptions, ${matched.toLocaleString('en')} of them hit

${table(
  ['', 'median', 'against the index', 'must', 'goal', 'met'],
  [
    row('threshold index', indexed),
    row('every subscription in a `Map`, looked at', scanned, { must: 1000, goal: 8000, more: true }),
    row('`SELECT … WHERE active AND min_red < $1` on PostgreSQL, indexed for it', queriedByIndex, {
      must: 500,
      goal: 2000,
      more: true,
    }),
    row('the same query without that index', queried),
  ],
)}

To end one subscription and add another takes the index ${time(median(changed))}.`
}

async function timed(times: number, act: (turn: number) => unknown): Promise<number> {
  const start = performance.now()
  for (let turn = 0; turn < times; turn++) {
    const result = act(turn)
    if (result instanceof Promise) await result
  }
  return (performance.now() - start) / times
}
