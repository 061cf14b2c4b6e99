import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Notifier, RedStatsError, type SubscriptionRegistry } from '../../src/red-stats/index.ts'
import { redisNotifier } from '../../src/red-stats/notifiers/redis.ts'
import { postgresRegistry } from '../../src/red-stats/postgres.ts'
import { type PostgresServer, postgresServer, startPostgres } from '../servers/postgres.ts'
import { type RedisServer, redisServer, startRedis } from '../servers/redis.ts'
import { type AlertServer, alertServer } from './transports/alert-server.ts'
import { rawWebSocket } from './transports/raw-web-socket.ts'

describe.skipIf(redisServer === undefined || postgresServer === undefined)('two instances', () => {
  let redis: RedisServer
  let postgres: PostgresServer
  const servers: AlertServer[] = []
  beforeAll(async () => {
    ;[redis, postgres] = await Promise.all([startRedis(), startPostgres({ fsync: 'off' })])
  })
  afterAll(async () => {
    for (const server of servers) await server.close()
    await Promise.all([redis.close(), postgres.close()])
  })

  async function instance(): Promise<AlertServer> {
    const notifier: Notifier = redisNotifier({ url: redis.url, name: 'secure' })
    const registry: SubscriptionRegistry = postgresRegistry({ url: postgres.url })
    const authenticate = ({ token }: { token?: string | undefined }) =>
      token?.startsWith('token of ') === true ? { clientId: token.slice(9), images: 'own' as const } : undefined
    const server = await alertServer({ authenticate: authenticate as never }, { notifier, registry })
    servers.push(server)
    return server
  }

  it('hold to who a client is, and to what it may see, when it goes on at the other', async () => {
    const [here, there] = [await instance(), await instance()]
    const hello = (token: string, more: object = {}) => ({
      type: 'hello',
      token,
      subscriptions: [{ id: 's', min_red: 0.5 }],
      ...more,
    })
    const first = await rawWebSocket(here.port, '/alerts')
    first.send(hello('token of alice'))
    const { connection_id } = await first.message<{ connection_id: string }>()
    await first.message()
    await there.stats.record({ imageId: 'first of bob', timestamp: 0, clientId: 'bob', red: 0.9 })
    await here.stats.record({ imageId: 'first of alice', timestamp: 0, clientId: 'alice', red: 0.9 })
    const { cursor, image } = await first.message<{ cursor: string; image: { client_id: string } }>()
    expect(image.client_id).toBe('alice')
    first.end()
    await expect.poll(() => here.stats.metrics().connections).toBe(0)
    await there.stats.record({ imageId: 'of bob', timestamp: 0, clientId: 'bob', red: 0.9 })
    await there.stats.record({ imageId: 'of alice', timestamp: 0, clientId: 'alice', red: 0.9 })

    const thief = await rawWebSocket(there.port, '/alerts')
    thief.send(hello('token of mallory', { connection_id, resume: cursor }))
    expect((await thief.message())['connection_id']).not.toBe(connection_id)
    expect(await thief.message()).toMatchObject({ type: 'subscribed' })
    const nobody = await rawWebSocket(there.port, '/alerts')
    nobody.send(hello('forged', { connection_id, resume: cursor }))
    expect(await nobody.closeCode()).toBe(4401)

    const second = await rawWebSocket(there.port, '/alerts')
    second.send(hello('token of alice', { connection_id, resume: cursor }))
    await second.message()
    expect(await second.message()).toMatchObject({ type: 'subscribed', recovered: true })
    expect(await second.message()).toMatchObject({ image: { image_id: 'of alice', client_id: 'alice' } })
    await here.stats.record({ imageId: 'of mallory', timestamp: 0, clientId: 'mallory', red: 0.9 })
    expect(await thief.message()).toMatchObject({ image: { image_id: 'of mallory' } })
  })

  it('say nothing of passwords and tokens in errors and events', async () => {
    const said: unknown[] = []
    const server = await alertServer(
      { authenticate: () => Promise.reject(new RedStatsError('UNAVAILABLE', 'no answer')) },
      { registry: postgresRegistry({ url: 'postgres://someone:hunter2@127.0.0.1:1/none', timeoutMs: 200 }) },
    )
    for (const name of ['error', 'connect', 'disconnect', 'gap'] as const) {
      server.stats.on(name, (...what: unknown[]) => void said.push(what))
    }
    const client = await rawWebSocket(server.port, '/alerts')
    client.send({ type: 'hello', token: 'swordfish', subscriptions: [{ id: 's', min_red: 0.5 }] })
    await client.closeCode()
    const connection = await server.stats.connect({
      clientId: 'c',
      encode: () => Buffer.from(''),
      write: () => true,
      slow: () => {},
      unsent: () => 0,
    })
    await connection.subscribe([{ id: 's', minRed: 0.5, scope: 'all' }])
    await expect.poll(() => said.length).toBeGreaterThan(1)
    await server.close()
    const { inspect } = await import('node:util')
    expect(inspect(said, { depth: 9, showHidden: true })).not.toMatch(/hunter2|swordfish/)
  })
})
