import { once } from 'node:events'
import { createServer } from 'node:net'
import { setImmediate } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { type ConnectOptions, connectRedStats, type RedStatsConnection } from '../../../src/red-stats/client/index.ts'
import { localNotifier } from '../../../src/red-stats/index.ts'
import { freePort } from '../../servers/free-port.ts'
import { type AlertServer, alertServer } from '../transports/alert-server.ts'

const servers: { close(): unknown }[] = []
const connections: RedStatsConnection[] = []
afterEach(async () => {
  for (const connection of connections.splice(0)) connection.close()
  for (const server of servers.splice(0)) await server.close()
})

async function serve(...options: Parameters<typeof alertServer>): Promise<AlertServer> {
  const server = await alertServer(...options)
  servers.push(server)
  return server
}

/** Tries again at once. */
const impatient = { WebSocket, random: () => 0 }

function connect(port: number, options: ConnectOptions): RedStatsConnection & { next(): Promise<unknown> } {
  const connection = connectRedStats(`ws://127.0.0.1:${port}`, { ...impatient, ...options })
  connections.push(connection)
  const iterator = connection[Symbol.asyncIterator]()
  return Object.assign(connection, { next: async () => (await iterator.next()).value })
}

async function opened(port: number, options: ConnectOptions): Promise<ReturnType<typeof connect>> {
  let open = () => {}
  const isOpen = new Promise<void>((resolve) => {
    open = resolve
  })
  const connection = connect(port, { ...options, onState: (state) => state === 'open' && open() })
  await isOpen
  await setImmediate() // the subscriptions of the hello follow the welcome
  return connection
}

/** A server that speaks as the test says. */
async function scripted(script: (socket: WebSocket, connection: number) => void): Promise<number> {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
  await once(server, 'listening')
  let connection = 0
  server.on('connection', (socket) => script(socket, connection++))
  servers.push({
    close: () => {
      for (const client of server.clients) client.terminate()
      server.close()
    },
  })
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new Error('The server got no port')
  return address.port
}

const welcome = (pingMs = 60_000): string =>
  JSON.stringify({ type: 'welcome', connection_id: 'c1', cursor: 'e:0', ping_ms: pingMs })
const alert = (seq: number): string =>
  JSON.stringify({
    type: 'alert',
    seq,
    cursor: `e:${seq}`,
    image: { image_id: String(seq), timestamp: 0, client_id: 'me', red: 1 },
  })

describe('a connection', () => {
  it('passes over messages that are not as the protocol has them', async () => {
    const broken = [
      { type: 'subscribed', cursor: 'e:0', gap: null },
      { type: 'alert', seq: 1, cursor: 'e:1' },
      { type: 'gap', from: 'e:0' },
      { type: 'welcome', connection_id: 'c1', cursor: 'e:0', ping_ms: 0 },
      { type: 'goaway', retry_after_ms: 1e12 },
      { type: 'toString' },
    ]
    const port = await scripted((socket) => {
      for (const text of [...broken.map((message) => JSON.stringify(message)), 'null', '[', alert(2)]) socket.send(text)
    })
    expect(await connect(port, { minRed: 0 }).next()).toMatchObject({ type: 'alert', seq: 2 })
  })

  it('iterates over the alerts', async () => {
    const { port, record } = await serve()
    const alerts = await opened(port, { minRed: 0.5 })
    for (const red of [0.9, 0.1, 0.8]) await record(red)
    expect(await alerts.next()).toMatchObject({ type: 'alert', seq: 1, image: { red: 0.9 } })
    expect(alerts.cursor).toMatch(/:1$/)
    expect(await alerts.next()).toMatchObject({ seq: 3 })
  })

  it('holds several subscriptions', async () => {
    const { port, record } = await serve()
    const alerts = await opened(port, {
      subscriptions: [
        { id: 'low', minRed: 0.2 },
        { id: 'high', minRed: 0.8 },
      ],
    })
    await record(0.5)
    await record(0.9)
    expect(await alerts.next()).toMatchObject({ ids: ['low'] })
    expect(await alerts.next()).toMatchObject({ ids: ['low', 'high'] })
  })

  it('ends its loop when it is closed, by itself or by a signal', async () => {
    const { port } = await serve()
    const controller = new AbortController()
    const byHand = await opened(port, { minRed: 0.5 })
    const bySignal = await opened(port, { minRed: 0.5, signal: controller.signal })
    const ends = [byHand.next(), bySignal.next()]
    byHand.close()
    controller.abort()
    expect(await Promise.all(ends)).toEqual([undefined, undefined])
    expect([byHand.state, bySignal.state]).toEqual(['closed', 'closed'])
    expect(connectRedStats('ws://127.0.0.1:1', { ...impatient, minRed: 0, signal: AbortSignal.abort() }).state).toBe(
      'closed',
    )
  })

  it('is closed by a loop that is left', async () => {
    const { port, record, transport } = await serve()
    const alerts = await opened(port, { minRed: 0.5 })
    await record(0.9)
    for await (const message of alerts) {
      expect(message).toMatchObject({ seq: 1 })
      break
    }
    expect(alerts.state).toBe('closed')
    while (transport.connections > 0) await new Promise((resolve) => setTimeout(resolve, 5))
  })

  it('gives a token, fresh for each connection', async () => {
    const tokens = ['first', 'second']
    const seen: unknown[] = []
    const { port, record } = await serve({
      authenticate: ({ token }) => {
        if (token === undefined) return undefined
        seen.push(token)
        return { clientId: 'ann', ...(token === 'first' ? { expiresAt: Date.now() + 50 } : {}) }
      },
    })
    const alerts = await opened(port, { minRed: 0.5, token: async () => tokens.shift()! })
    while (seen.length < 2) await new Promise((resolve) => setTimeout(resolve, 5)) // the first has expired
    await record(0.9)
    expect(await alerts.next()).toMatchObject({ seq: 1 })
    expect(seen).toEqual(['first', 'second'])
  })
})

describe('a lost connection', () => {
  it('goes on where it was', async () => {
    const sockets: WebSocket[] = []
    class Tracked extends WebSocket {
      constructor(...options: ConstructorParameters<typeof WebSocket>) {
        super(...options)
        sockets.push(this)
      }
    }
    const { port, record } = await serve()
    const alerts = await opened(port, { minRed: 0.5, WebSocket: Tracked })
    await record(0.9)
    expect(await alerts.next()).toMatchObject({ seq: 1 })
    sockets[0]!.terminate()
    await record(0.8)
    await record(0.7)
    expect(await alerts.next()).toMatchObject({ seq: 2 })
    expect(await alerts.next()).toMatchObject({ seq: 3 })
  })

  it('goes on where it was although it had no alert yet', async () => {
    const port = await scripted((socket, connection) => {
      socket.on('message', (text) => {
        const hello = JSON.parse(String(text))
        socket.send(welcome())
        if (connection === 0) return socket.close(1012)
        expect(hello).toMatchObject({ type: 'hello', resume: 'e:0', connection_id: 'c1' })
        socket.send(alert(1))
      })
    })
    expect(await connect(port, { minRed: 0.5 }).next()).toMatchObject({ seq: 1 })
  })

  it('survives the restart of a server, and says that it may have missed something', async () => {
    const port = await freePort()
    const first = await alertServer({}, {})
    first.server.close()
    const listen = async (server: AlertServer) => {
      server.server.close()
      await new Promise<void>((resolve) => server.server.listen(port, '127.0.0.1', resolve))
    }
    await listen(first)
    const alerts = await opened(port, { minRed: 0.5 })
    await first.record(0.9)
    expect(await alerts.next()).toMatchObject({ seq: 1 })
    const place = alerts.cursor
    await first.close()
    const second = await serve()
    await listen(second)
    expect(await alerts.next()).toMatchObject({ type: 'gap', from: place, reason: 'epoch' })
    await second.record(0.9)
    expect(await alerts.next()).toMatchObject({ type: 'alert', seq: 1 })
  })

  it('misses nothing while a server is replaced that has a stream in common with the next', async () => {
    const notifier = localNotifier()
    const shared = { ...notifier, close: async () => {} }
    const port = await freePort()
    const start = async () => {
      const server = await alertServer({}, { notifier: shared })
      server.server.close()
      await new Promise<void>((resolve) => server.server.listen(port, '127.0.0.1', resolve))
      return server
    }
    const first = await start()
    const alerts = await opened(port, { minRed: 0.5 })
    await first.record(0.9)
    expect(await alerts.next()).toMatchObject({ seq: 1 })
    await first.close()
    await notifier.publish([{ imageId: 'meanwhile', timestamp: 0, clientId: 'x', red: 0.8 }])
    const second = await start()
    servers.push(second)
    await second.record(0.7)
    expect(await alerts.next()).toMatchObject({ seq: 2, image: { image_id: 'meanwhile' } })
    expect(await alerts.next()).toMatchObject({ seq: 3 })
  })

  it('is noticed although nothing says so', async () => {
    let made = 0
    const port = await scripted((socket, connection) => {
      made = connection + 1
      socket.on('message', (text) => {
        if (!String(text).includes('hello')) return // says nothing to pings
        socket.send(welcome(20))
        if (connection === 1) socket.send(alert(1))
      })
    })
    expect(await connect(port, { minRed: 0.5 }).next()).toMatchObject({ seq: 1 })
    expect(made).toBe(2)
  })

  it('is not tried again before the time that the server asked for', async () => {
    const times: number[] = []
    const port = await scripted((socket, connection) => {
      times.push(performance.now())
      if (connection > 0) return socket.send(alert(1))
      socket.send('{"type":"goaway","retry_after_ms":60}')
      socket.close(1012)
    })
    await connect(port, { minRed: 0.5 }).next()
    expect(times[1]! - times[0]!).toBeGreaterThanOrEqual(55)
  })

  it('is tried again at once when it is told to', async () => {
    const closed = await freePort()
    const states: string[] = []
    const connection = connect(closed, { minRed: 0.5, random: () => 1, onState: (state) => states.push(state) })
    while (connection.state !== 'waiting') await new Promise((resolve) => setTimeout(resolve, 5))
    const server = createServer().listen(closed, '127.0.0.1')
    servers.push({ close: () => server.close() })
    const arrived = once(server, 'connection')
    connection.reconnect()
    const [socket] = await arrived
    expect(states).toEqual(['waiting', 'connecting'])
    socket.destroy()
  })

  it('is tried again when the token could not be got', async () => {
    const { port, record } = await serve()
    let asked = 0
    const alerts = await opened(port, {
      minRed: 0.5,
      token: () => {
        if (++asked === 1) throw new Error('offline')
        return 'x'
      },
    })
    await record(0.9)
    expect(await alerts.next()).toMatchObject({ seq: 1 })
  })
})

describe('a refusal', () => {
  it('of the token ends the loop with UNAUTHORIZED', async () => {
    const { port } = await serve({ authenticate: () => undefined })
    await expect(connect(port, { minRed: 0.5, token: 'x' }).next()).rejects.toMatchObject({ code: 'UNAUTHORIZED' })
  })

  it('of others’ images ends it with FORBIDDEN', async () => {
    const { port } = await serve({ authenticate: () => ({ clientId: 'ann', images: 'own' }) })
    const alerts = connect(port, { subscriptions: [{ minRed: 0.5, scope: 'all' }] })
    await expect(alerts.next()).rejects.toMatchObject({ code: 'FORBIDDEN', message: expect.stringContaining('images') })
    expect(await alerts.next()).toBeUndefined()
    expect(alerts.state).toBe('closed')
  })

  it('of too many subscriptions ends it with LIMIT', async () => {
    const { port } = await serve({ limits: { subscriptions: 1 } })
    const alerts = connect(port, { subscriptions: [{ minRed: 0.5 }, { minRed: 0.6 }] })
    await expect(alerts.next()).rejects.toMatchObject({ code: 'LIMIT' })
  })

  it('of more subscriptions than fit a message ends it with LIMIT', async () => {
    const { port } = await serve()
    const subscriptions = Array.from({ length: 80 }, (_, i) => ({
      id: `subscription of the kitchen ${i}`,
      minRed: 0.5,
    }))
    await expect(connect(port, { subscriptions }).next()).rejects.toMatchObject({ code: 'LIMIT' })
  })

  it('of an old token ends it with FORBIDDEN when there is no other', async () => {
    const port = await scripted((socket) => socket.close(4403))
    await expect(connect(port, { minRed: 0.5, token: 'x' }).next()).rejects.toMatchObject({ code: 'FORBIDDEN' })
  })
})

it('holds no more than 10,000 messages for a slow loop, and misses none', async () => {
  let made = 0
  const port = await scripted((socket, connection) => {
    made = connection + 1
    socket.on('message', (text) => {
      const { type, resume } = JSON.parse(String(text))
      if (type !== 'hello') return
      socket.send(welcome())
      for (let seq = Number(resume?.split(':')[1] ?? 0) + 1; seq <= 12_000; seq++) socket.send(alert(seq))
    })
  })
  const alerts = connect(port, { minRed: 0.5 })
  while (alerts.state !== 'waiting') await new Promise((resolve) => setTimeout(resolve, 5))
  for (let seq = 1; seq <= 12_000; seq++) expect(await alerts.next()).toMatchObject({ seq })
  expect(made).toBe(2)
})

it('ignores what is no message', async () => {
  const port = await scripted((socket) => {
    for (const text of ['{', '7', 'null', '{}', '{"type":"news"}', Buffer.from([1])]) socket.send(text)
    socket.send(alert(1))
  })
  expect(await connect(port, { minRed: 0.5 }).next()).toMatchObject({ seq: 1 })
})

it.each<[string, string, ConnectOptions]>([
  ['no threshold', 'ws://localhost', {}],
  ['two kinds of threshold', 'ws://localhost', { minRed: 0.5, subscriptions: [] }],
  ['no subscription', 'ws://localhost', { subscriptions: [] }],
  ['a threshold above 1', 'ws://localhost', { minRed: 1.5 }],
  ['no address', 'nowhere', { minRed: 0.5 }],
])('refuses %s at once', (_, url, options) => {
  expect(() => connectRedStats(url, { ...impatient, ...options })).toThrow(/Expected|Invalid URL/)
})

it('asks for a WebSocket where there is none', () => {
  const known = Object.getOwnPropertyDescriptor(globalThis, 'WebSocket')
  Reflect.deleteProperty(globalThis, 'WebSocket')
  try {
    expect(() => connectRedStats('ws://localhost', { minRed: 0.5 })).toThrow(/no WebSocket.*`WebSocket`/)
  } finally {
    if (known !== undefined) Object.defineProperty(globalThis, 'WebSocket', known)
  }
})
