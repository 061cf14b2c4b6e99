import { inspect } from 'node:util'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { postgresRegistry } from '../../../src/red-stats/postgres.ts'
import { testRegistry } from '../../../src/red-stats/testing/index.ts'
import { type PostgresServer, postgresServer, startPostgres } from '../../servers/postgres.ts'

describe.skipIf(postgresServer === undefined)('postgresRegistry', () => {
  let server: PostgresServer
  beforeAll(async () => {
    server = await startPostgres({ fsync: 'off' })
  })
  afterAll(() => server.close())

  testRegistry({ describe, it }, ({ place, now, keepMs }) =>
    postgresRegistry({ url: server.url, table: place, now, keepMs }),
  )

  const row = {
    id: 'a/1',
    connectionId: 'a',
    clientId: 'client',
    minRed: 0.5,
    scope: 'all',
    instanceId: 'here',
  } as const

  it('keeps rows in client_connections, whatever becomes of the instance that wrote them', async () => {
    const first = postgresRegistry({ url: server.url })
    await first.upsert([row])
    await first.close()
    const second = postgresRegistry({ url: server.url })
    expect(await second.count({ active: true })).toBe(1)
    expect(await second.sweep(Date.now())).toBe(1)
    const found = await second.resume('client', 'a', 'there')
    expect(found).toEqual([{ ...row, instanceId: 'there' }])
    await second.close()
    const client = new pg.Client({ connectionString: server.url })
    await client.connect()
    const { rows } = await client.query('select client_id, min_red, active from client_connections')
    expect(rows).toEqual([{ client_id: 'client', min_red: 0.5, active: true }])
    await client.end()
  })

  it('fails in time while the server stands still, and works when it goes on', async () => {
    const registry = postgresRegistry({ url: server.url, table: 'paused', timeoutMs: 300 })
    await registry.upsert([row])
    server.pause()
    await expect(registry.upsert([row])).rejects.toMatchObject({ code: 'TIMEOUT', retryable: true })
    server.resume()
    await registry.upsert([row])
    expect(await registry.count()).toBe(1)
    await registry.close()
  })

  it('fails while the server is stopped, and works when it is back', async () => {
    const registry = postgresRegistry({ url: server.url, table: 'stopped' })
    await registry.upsert([row])
    await server.stop()
    await expect(registry.upsert([row])).rejects.toMatchObject({ code: 'UNAVAILABLE' })
    await server.start()
    await registry.upsert([row])
    expect(await registry.count()).toBe(1)
    await registry.close()
  })

  it('says nothing of the password', async () => {
    const registry = postgresRegistry({ url: 'postgres://someone:hunter2@127.0.0.1:1/none' })
    const error = await registry.count().catch((cause: unknown) => cause)
    expect(error).toMatchObject({ code: 'UNAVAILABLE' })
    expect(inspect(error, { depth: 9, showHidden: true })).not.toContain('hunter2')
    await registry.close()
  })

  it.each([
    [{}, 'Expected either `url` or `pool`'],
    [{ url: 'postgres://localhost', table: 'a;b' }, 'Expected `table`'],
    [{ url: 'postgres://localhost', keepMs: -1 }, 'Expected `keepMs` to be from 0, got -1'],
    [{ url: 'postgres://localhost', timeoutMs: 0 }, 'Expected `timeoutMs` to be an integer from 1, got 0'],
    [{ url: 'postgres://localhost', tables: '' }, 'Unknown option `tables` of postgresRegistry'],
  ])('checks its options: %j', (options, message) => {
    expect(() => postgresRegistry(options)).toThrow(message)
  })
})
