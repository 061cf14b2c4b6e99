import { once } from 'node:events'
import { afterEach, describe, expect, it } from 'vitest'
import type { Authenticate, Identity } from '../../../src/red-stats/transports/websocket.ts'
import { type AlertServer, alertServer } from './alert-server.ts'
import { type RawWebSocket, rawWebSocket } from './raw-web-socket.ts'

let running: AlertServer | undefined
afterEach(async () => {
  await running?.close()
  running = undefined
})

const people: Readonly<Record<string, Identity>> = {
  everything: { clientId: 'ann' },
  own: { clientId: 'bob', images: 'own' },
  nameless: { clientId: '', images: 'own' },
  expired: { clientId: 'ann', expiresAt: 999 },
  short: { clientId: 'ann', expiresAt: 1050 },
  eternal: { clientId: 'ann', expiresAt: Number.MAX_SAFE_INTEGER },
}
const authenticate: Authenticate = async ({ token }) => (token === undefined ? undefined : people[token])

async function serve(options: Parameters<typeof alertServer>[0] = {}): Promise<AlertServer> {
  running = await alertServer({ authenticate, ...options })
  return running
}

async function hello(port: number, token?: string, rest: object = {}, path = '/alerts'): Promise<RawWebSocket> {
  const client = await rawWebSocket(port, path)
  client.send({ type: 'hello', token, ...rest })
  return client
}

describe('a token', () => {
  it('in the Authorization header is enough for a subscription in the address', async () => {
    const { port, record } = await serve()
    const headers = { Authorization: 'Bearer everything' }
    const client = await rawWebSocket(port, '/alerts?min_red=0.5', { headers })
    await record(0.9)
    expect(await client.message()).toMatchObject({ seq: 1 })
  })

  it('in the header that nobody knows is refused with 401', async () => {
    const { port, stats } = await serve()
    const headers = { Authorization: 'Bearer wrong' }
    const refused = await rawWebSocket(port, '/alerts?min_red=0.5', { headers })
    expect([refused.status, refused.headers.get('www-authenticate')]).toEqual([401, 'Bearer'])
    expect(refused.body).not.toContain('wrong')
    expect(stats.metrics().auth_failures).toBe(1)
  })

  it('in the first message is enough', async () => {
    const { port } = await serve()
    expect(await (await hello(port, 'everything')).message()).toMatchObject({ type: 'welcome' })
  })

  it('in the first message begins the subscription of the address', async () => {
    const { port, record } = await serve()
    const client = await hello(port, 'everything', {}, '/alerts?min_red=0.5')
    expect(await client.message()).toMatchObject({ type: 'welcome' })
    await record(0.9)
    expect(await client.message()).toMatchObject({ seq: 1 })
  })

  it('that nobody knows closes with 4401', async () => {
    const { port, stats } = await serve()
    expect(await (await hello(port, 'wrong')).closeCode()).toBe(4401)
    expect(await (await hello(port)).closeCode()).toBe(4401)
    expect(stats.metrics().auth_failures).toBe(2)
  })

  it('that does not come sends nothing and closes with 4408', async () => {
    const { port, record } = await serve({ helloTimeoutMs: 30 })
    const client = await rawWebSocket(port, '/alerts?min_red=0')
    await record(0.9)
    expect(await client.next()).toMatchObject({ opcode: 8 })
  })

  it('that has expired closes with 4403', async () => {
    const { port } = await serve({ now: () => 1000 })
    expect(await (await hello(port, 'expired')).closeCode()).toBe(4403)
  })

  it('that expires closes with 4403 then', async () => {
    let now = 1000
    const { port } = await serve({ now: () => now })
    const client = await hello(port, 'short')
    expect(await client.message()).toMatchObject({ type: 'welcome' })
    now = 1050
    expect(await client.closeCode()).toBe(4403)
  })

  it('that expires later than a timer can wait does not close', async () => {
    const { port } = await serve()
    const client = await hello(port, 'eternal')
    expect(await client.message()).toMatchObject({ type: 'welcome' })
    client.send({ type: 'ping' })
    expect(await client.message()).toEqual({ type: 'pong' })
  })
})

describe('own images', () => {
  it('are all that a client sees when the server says so', async () => {
    const { port, record } = await serve()
    const client = await hello(port, 'own', { subscriptions: [{ id: 'a', min_red: 0.5 }] })
    await client.message()
    await client.message()
    await record(0.9, 'ann')
    await record(0.9, 'bob')
    await record(0.4, 'bob')
    await record(0.8, 'bob')
    expect(await client.message()).toMatchObject({ seq: 2, image: { client_id: 'bob' } })
    expect(await client.message()).toMatchObject({ seq: 4 })
  })

  it('cannot be left by asking for all', async () => {
    const { port } = await serve()
    const client = await hello(port, 'own', { subscriptions: [{ id: 'a', min_red: 0.5, scope: 'all' }] })
    expect(await client.message()).toMatchObject({ type: 'welcome' })
    expect(await client.message()).toMatchObject({ type: 'error', code: 'FORBIDDEN', id: 'a', retryable: false })
  })

  it('can be asked for by who may see all', async () => {
    const { port, record } = await serve()
    const client = await hello(port, 'everything', { subscriptions: [{ id: 'a', min_red: 0.5, scope: 'own' }] })
    await client.message()
    await client.message()
    await record(0.9, 'bob')
    await record(0.9, 'ann')
    expect(await client.message()).toMatchObject({ seq: 2, image: { client_id: 'ann' } })
  })

  it('of nobody cannot be seen', async () => {
    const { port } = await serve()
    const client = await hello(port, 'nameless', { subscriptions: [{ id: 'a', min_red: 0.5 }] })
    await client.message()
    expect(await client.message()).toMatchObject({ type: 'error', code: 'FORBIDDEN' })
  })
})

describe('authentication', () => {
  it('that fails is not a refusal of the client', async () => {
    const { port } = await serve({ authenticate: () => Promise.reject(new Error('database down')) })
    const refused = await rawWebSocket(port, '/alerts?min_red=0.5')
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '1'])
    expect(refused.body).not.toContain('database')
  })

  it('that fails at the first message closes with 1011', async () => {
    const { port } = await serve({
      authenticate: ({ token }) => {
        if (token === undefined) return undefined
        throw new Error('database down')
      },
    })
    expect(await (await hello(port, 'x')).closeCode()).toBe(1011)
  })

  it('that takes too long is given up', async () => {
    const { port } = await serve({ helloTimeoutMs: 20, authenticate: () => new Promise(() => {}) })
    expect((await rawWebSocket(port, '/alerts?min_red=0.5')).status).toBe(503)
  })

  it('may go by the request, such as its cookies', async () => {
    const { port, record } = await serve({
      authenticate: ({ request }) => (request.headers.cookie === 'id=ann' ? { clientId: 'ann' } : undefined),
    })
    const client = await rawWebSocket(port, '/alerts?min_red=0.5', { headers: { Cookie: 'id=ann' } })
    await record(0.9)
    expect(await client.message()).toMatchObject({ seq: 1 })
  })

  it('counts the connections of a client: 4429', async () => {
    const { port } = await serve({ limits: { connectionsPerClient: 1 } })
    expect(await (await hello(port, 'everything')).message()).toMatchObject({ type: 'welcome' })
    expect(await (await hello(port, 'everything')).closeCode()).toBe(4429)
    expect(await (await hello(port, 'own')).message()).toMatchObject({ type: 'welcome' })
  })

  it('does not serve a client that reset while it was asked', async () => {
    const answers: ((identity: Identity) => void)[] = []
    const { port, server, transport } = await serve({
      authenticate: () => new Promise((resolve) => answers.push(resolve)),
    })
    const upgraded = once(server, 'upgrade')
    const client = rawWebSocket(port, '/alerts?min_red=0.5')
    const [, socket] = await upgraded
    socket.destroy()
    await expect(client).rejects.toThrow(/ended/)
    answers[0]!({ clientId: 'ann' })
    const next = rawWebSocket(port, '/alerts?min_red=0.5')
    while (answers.length < 2) await new Promise((resolve) => setImmediate(resolve))
    answers[1]!({ clientId: 'ann' })
    expect((await next).status).toBe(101)
    expect(transport.connections).toBe(1)
  })
})
