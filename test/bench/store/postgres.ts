import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, chownSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { Client } from 'pg'
import { findProgram } from '../../servers/find-program.ts'
import { freePort } from '../../servers/free-port.ts'
import { type Contender, redSql, timestampSql } from './events.ts'

/** PostgreSQL with an index that holds red, on an instance of its own; undefined where it is not installed. */
export async function postgres(folder: string, n: number): Promise<Contender | undefined> {
  const binaries = ['/usr/lib/postgresql/17/bin', '/usr/lib/postgresql/16/bin', '/usr/lib/postgresql/15/bin']
  const initdb = findProgram('initdb', 'postgresql', binaries)
  const program = findProgram('postgres', 'postgresql', binaries)
  if (initdb === undefined || program === undefined) return undefined
  const port = await freePort()
  const data = join(folder, 'postgres')
  mkdirSync(data)
  chmodSync(folder, 0o755) // its user must reach the data
  // PostgreSQL refuses to run as root
  const isRoot = process.getuid?.() === 0
  const idOf = (flag: string) => Number(execFileSync('id', [flag, 'postgres']).toString())
  const user = isRoot ? { uid: idOf('-u'), gid: idOf('-g') } : {}
  if (user.uid !== undefined) chownSync(data, user.uid, user.gid)
  execFileSync(initdb, ['-D', data, '-A', 'trust', '-U', 'bench', '--no-sync'], { stdio: 'ignore', cwd: '/', ...user })
  const settings = ['shared_buffers=1GB', 'max_wal_size=8GB', 'fsync=off', 'max_parallel_workers_per_gather=2']
  const server = spawn(
    program,
    ['-D', data, '-k', data, '-h', '127.0.0.1', '-p', String(port), ...settings.flatMap((setting) => ['-c', setting])],
    { stdio: 'ignore', cwd: '/', ...user },
  )
  const client = await connect(port)
  await client.query('CREATE UNLOGGED TABLE ev (ts bigint, image_id bigint, red float8)')
  await client.query(
    `INSERT INTO ev SELECT ${timestampSql(n, 'i', (a, b) => `(${a}) / ${b}`)}, i, ${redSql('i')}::float8 FROM generate_series(0, ${n - 1}::bigint) i`,
  )
  await client.query('CREATE INDEX ON ev (ts) INCLUDE (red)')
  await client.query('VACUUM ANALYZE ev')
  const text = 'SELECT count(*) AS total, count(*) FILTER (WHERE red > $1) AS above FROM ev WHERE ts >= $2 AND ts < $3'
  return {
    name: 'PostgreSQL, index on time with red',
    ask: async ({ from, to, red }) => {
      const { rows } = await client.query({ name: 'count', text, values: [red, from, to] })
      return [Number(rows[0].total), Number(rows[0].above)]
    },
    close: async () => {
      await client.end()
      server.kill('SIGINT')
      await once(server, 'exit')
    },
  }
}

async function connect(port: number): Promise<Client> {
  for (let attempt = 0; ; attempt++) {
    const client = new Client({ host: '127.0.0.1', port, user: 'bench', database: 'postgres' })
    try {
      await client.connect()
      return client
    } catch (error) {
      if (attempt === 100) throw error
      await delay(100)
    }
  }
}
