import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import Database from 'better-sqlite3'
import { type Contender, redSql, timestampSql } from './events.ts'

const integerDivision = (a: string, b: string): string => `(${a}) / ${b}`

export async function sqlite(folder: string, n: number): Promise<Contender> {
  const database = new Database(join(folder, 'peer.sqlite'))
  database.pragma('journal_mode = WAL')
  database.pragma('synchronous = OFF')
  database.exec('CREATE TABLE ev (ts INTEGER, image_id INTEGER, red REAL, PRIMARY KEY (ts, image_id)) WITHOUT ROWID')
  database.exec(
    `WITH RECURSIVE numbers(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM numbers WHERE i < ${n - 1})
     INSERT INTO ev SELECT ${timestampSql(n, 'i', integerDivision)}, i, ${redSql('i')} FROM numbers`,
  )
  database.pragma('mmap_size = 4000000000')
  const count = database.prepare(
    'SELECT count(*) AS total, coalesce(sum(red > ?), 0) AS above FROM ev WHERE ts >= ? AND ts < ?',
  )
  return {
    name: 'SQLite, clustered by time',
    ask: async ({ from, to, red }) => {
      const { total, above } = count.get(red, from, to)
      return [total, above]
    },
    close: async () => database.close(),
  }
}

export async function duckdb(folder: string, n: number): Promise<Contender> {
  const instance = await DuckDBInstance.create(join(folder, 'peer.duckdb'))
  const connection = await instance.connect()
  await connection.run(
    `CREATE TABLE ev AS SELECT ${timestampSql(n, 'i', (a, b) => `(${a}) // ${b}`)} AS ts, i AS image_id, ${redSql('i')}::DOUBLE AS red FROM range(${n}) t(i)`,
  )
  return {
    name: 'DuckDB',
    ask: async ({ from, to, red }) => {
      const reader = await connection.runAndReadAll(
        `SELECT count(*), count(*) FILTER (red > ${red}) FROM ev WHERE ts >= ${from} AND ts < ${to}`,
      )
      const [total, above] = reader.getRows()[0]
      return [Number(total), Number(above)]
    },
    close: async () => {
      connection.closeSync()
      instance.closeSync()
    },
  }
}
