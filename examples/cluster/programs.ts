import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startClickHouseHttp } from '../../test/servers/clickhouse-http.ts'
import { startPostgres } from '../../test/servers/postgres.ts'
import { startRedis } from '../../test/servers/redis.ts'

export interface Shared {
  readonly storeUrl: string
  readonly redisUrl: string
  readonly postgresUrl: string
  close(): Promise<void>
}

/**
 * What the instances share: the servers named by CLICKHOUSE_URL, REDIS_URL and POSTGRES_URL, else private ones. The
 * private ClickHouse is the engine itself (chDB) behind a small HTTP server in this process.
 */
export async function startShared(): Promise<Shared> {
  const closing: (() => Promise<void>)[] = []
  const close = async () => {
    for (const one of closing.splice(0).reverse()) await one()
  }
  try {
    return {
      storeUrl: process.env['CLICKHOUSE_URL'] ?? (await startClickHouse()),
      redisUrl: process.env['REDIS_URL'] ?? (await started(startRedis(['--appendonly', 'yes']))),
      postgresUrl: process.env['POSTGRES_URL'] ?? (await started(startPostgres())),
      close,
    }
  } catch (error) {
    await close()
    throw error
  }

  async function started(starting: Promise<{ url: string; close(): Promise<void> }>): Promise<string> {
    const server = await starting
    closing.push(() => server.close())
    return server.url
  }

  async function startClickHouse(): Promise<string> {
    const folder = await mkdtemp(join(tmpdir(), 'ruddle-cluster-'))
    closing.push(() => rm(folder, { recursive: true, force: true }))
    return started(startClickHouseHttp(folder))
  }
}
