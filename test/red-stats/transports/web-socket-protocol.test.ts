import { afterEach, describe, expect, it } from 'vitest'
import { type AlertServer, alertServer } from './alert-server.ts'
import { type RawOptions, type RawWebSocket, rawWebSocket } from './raw-web-socket.ts'

let running: AlertServer | undefined
afterEach(async () => {
  await running?.close()
  running = undefined
})
const serve = async (...options: Parameters<typeof alertServer>): Promise<AlertServer> => {
  running = await alertServer(...options)
  return running
}

/** A client that has said hello and was welcomed. */
async function greeted(port: number, hello: object = {}, options: RawOptions = {}): Promise<RawWebSocket> {
  const client = await rawWebSocket(port, '/alerts', options)
  client.send({ type: 'hello', ...hello })
  expect(await client.message()).toMatchObject({ type: 'welcome' })
  return client
}

async function subscribed(port: number, ...subscriptions: object[]): Promise<RawWebSocket> {
  const client = await greeted(port)
  for (const subscription of subscriptions) {
    client.send({ type: 'subscribe', ...subscription })
    expect(await client.message()).toMatchObject({ type: 'subscribed' })
  }
  return client
}

describe('hello', () => {
  it('is answered with a name for the connection, its place and the limits', async () => {
    const { port } = await serve({ limits: { subscriptions: 7, messagesPerSecond: 9 }, heartbeatMs: 12_345 })
    const client = await rawWebSocket(port, '/alerts')
    client.send({ type: 'hello' })
    expect(await client.message()).toEqual({
      type: 'welcome',
      connection_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      cursor: expect.any(String),
      ping_ms: 12_345,
      limits: { subscriptions: 7, messages_per_second: 9, message_bytes: 4096 },
    })
  })

  it('may hold subscriptions', async () => {
    const { port, record } = await serve()
    const subscriptions = [
      { id: 'low', min_red: 0.2 },
      { id: 'high', min_red: 0.8 },
    ]
    const client = await greeted(port, { subscriptions })
    expect(await client.message()).toMatchObject({ type: 'subscribed', id: 'low' })
    expect(await client.message()).toMatchObject({ type: 'subscribed', id: 'high' })
    await record(0.9)
    expect(await client.message()).toMatchObject({ image: { red: 0.9 }, ids: ['low', 'high'] })
  })

  it('selects the subprotocol that a client names, and assumes it when none is named', async () => {
    const { port } = await serve()
    const headers = { 'Sec-WebSocket-Protocol': 'redstats.v9, redstats.v1' }
    expect((await greeted(port, {}, { headers })).headers.get('sec-websocket-protocol')).toBe('redstats.v1')
    expect((await greeted(port)).headers.has('sec-websocket-protocol')).toBe(false)
  })

  it('has to come within its time, or 4408', async () => {
    const { port } = await serve({ helloTimeoutMs: 20 })
    expect(await (await rawWebSocket(port, '/alerts')).closeCode()).toBe(4408)
  })

  it('may come once, or 4400', async () => {
    const { port } = await serve()
    const client = await greeted(port)
    client.send({ type: 'hello' })
    expect(await client.closeCode()).toBe(4400)
  })

  it('has to come before a subscription, or 4400', async () => {
    const { port } = await serve()
    const client = await rawWebSocket(port, '/alerts')
    client.send({ type: 'subscribe', id: 'a', min_red: 0.5 })
    expect(await client.closeCode()).toBe(4400)
  })

  it('may follow a subscription in the address', async () => {
    const { port, record } = await serve()
    const client = await rawWebSocket(port, '/alerts?min_red=0.5')
    client.send({ type: 'hello', subscriptions: [{ id: 'b', min_red: 0.7 }] })
    expect(await client.message()).toMatchObject({ type: 'subscribed', id: 'b' })
    await record(0.9)
    expect(await client.message()).toMatchObject({ ids: ['url', 'b'] })
  })
})

describe('subscriptions', () => {
  it('match what is strictly redder', async () => {
    const { port, record } = await serve()
    const client = await subscribed(port, { id: 'a', min_red: 0.5 })
    for (const red of [0.5, 0.5 + Number.EPSILON, 0.5 - Number.EPSILON]) await record(red)
    await record(1)
    expect(await client.message()).toMatchObject({ seq: 2, image: { red: 0.5 + Number.EPSILON } })
    expect(await client.message()).toMatchObject({ seq: 4 })
  })

  it('do not name themselves while there is one', async () => {
    const { port, record } = await serve()
    const client = await subscribed(port, { id: 'a', min_red: 0.5 })
    await record(0.9)
    expect(await client.message()).not.toHaveProperty('ids')
  })

  it('end with unsubscribe, and can be made again', async () => {
    const { port, record } = await serve()
    const client = await subscribed(port, { id: 'a', min_red: 0.1 })
    client.send({ type: 'unsubscribe', id: 'a' })
    expect(await client.message()).toEqual({ type: 'unsubscribed', id: 'a' })
    await record(0.9)
    client.send({ type: 'subscribe', id: 'a', min_red: 0.5 })
    expect(await client.message()).toMatchObject({ type: 'subscribed', id: 'a' })
    await record(0.4)
    await record(0.8)
    expect(await client.message()).toMatchObject({ seq: 3 })
  })

  it('that are unknown cannot be ended', async () => {
    const { port } = await serve()
    const client = await greeted(port)
    client.send({ type: 'unsubscribe', id: 'x' })
    expect(await client.message()).toMatchObject({ type: 'error', code: 'INVALID', id: 'x', retryable: false })
  })

  it('with one id twice are 4409', async () => {
    const { port } = await serve()
    const client = await subscribed(port, { id: 'a', min_red: 0.5 })
    client.send({ type: 'subscribe', id: 'a', min_red: 0.6 })
    expect(await client.closeCode()).toBe(4409)
  })

  it('above the limit are refused, the others stay', async () => {
    const { port, record } = await serve({ limits: { subscriptions: 1 } })
    const client = await subscribed(port, { id: 'a', min_red: 0.5 })
    client.send({ type: 'subscribe', id: 'b', min_red: 0.5 })
    expect(await client.message()).toMatchObject({ type: 'error', code: 'LIMIT', id: 'b' })
    await record(0.9)
    expect(await client.message()).toMatchObject({ type: 'alert' })
  })

  it.each([
    ['min_red', { id: 'a', min_red: 2 }],
    ['min_red', { id: 'a', min_red: '0.5' }],
    ['min_red', { id: 'a' }],
    ['scope', { id: 'a', min_red: 0.5, scope: 'mine' }],
    ['since', { id: 'a', min_red: 0.5, since: 7 }],
    ['since', { id: 'a', min_red: 0.5, since: 'x'.repeat(257) }],
  ])('with a wrong %s are refused by name, and the connection goes on: %o', async (field, subscription) => {
    const { port } = await serve()
    const client = await greeted(port)
    client.send({ type: 'subscribe', ...subscription })
    expect(await client.message()).toMatchObject({
      type: 'error',
      code: 'INVALID',
      id: 'a',
      message: expect.stringContaining(`\`${field}\``),
    })
    client.send({ type: 'ping', t: 5 })
    expect(await client.message()).toEqual({ type: 'pong', t: 5 })
  })
})

describe('a message', () => {
  it.each([
    ['that is no JSON', '{'],
    ['that is no object', '[]'],
    ['that is null', 'null'],
    ['of no type', '{}'],
    ['of an unknown type', '{"type":"dance"}'],
    ['of a type inherited from all objects', '{"type":"constructor"}'],
    ['that subscribes without an id', '{"type":"subscribe","min_red":0.5}'],
    ['with a long id', `{"type":"unsubscribe","id":"${'x'.repeat(65)}"}`],
    ['with a wrong token', '{"type":"hello","token":7}'],
    ['with subscriptions of no list', '{"type":"hello","subscriptions":{}}'],
    [
      'with two subscriptions of one id',
      '{"type":"hello","subscriptions":[{"id":"a","min_red":0},{"id":"a","min_red":1}]}',
    ],
    ['with a large echo', `{"type":"ping","t":"${'x'.repeat(65)}"}`],
    ['with an object to echo', '{"type":"ping","t":{}}'],
    ['nested deep', '['.repeat(2000)],
  ])('%s is answered with an error and 4400', async (_, text) => {
    const { port } = await serve()
    const client = await rawWebSocket(port, '/alerts')
    client.send(text)
    expect(await client.message()).toMatchObject({ type: 'error', code: 'INVALID' })
    expect(await client.closeCode()).toBe(4400)
  })

  it('of bytes is 4400', async () => {
    const { port } = await serve()
    const client = await rawWebSocket(port, '/alerts?min_red=0.5')
    client.sendFrame(0x82, Buffer.from('{"type":"ping"}'))
    expect(await client.closeCode()).toBe(4400)
  })

  it('with unknown fields is taken', async () => {
    const { port } = await serve()
    await greeted(port, { version: 9, extra: { a: 1 } })
  })

  it('in fragments is put together', async () => {
    const { port } = await serve()
    const client = await greeted(port)
    client.sendFrame(0x01, Buffer.from('{"type":"pi'))
    client.sendFrame(0x80, Buffer.from('ng"}'))
    expect(await client.message()).toEqual({ type: 'pong' })
  })

  it('of broken UTF-8 is 1007', async () => {
    const { port } = await serve()
    const client = await rawWebSocket(port, '/alerts?min_red=0.5')
    client.sendFrame(0x81, Buffer.from([0xff, 0xfe]))
    expect(await client.closeCode()).toBe(1007)
  })

  it('with reserved bits or opcodes is 1002', async () => {
    const { port } = await serve()
    for (const first of [0xc1, 0x83]) {
      const client = await rawWebSocket(port, '/alerts?min_red=0.5')
      client.sendFrame(first, Buffer.from('{}'))
      expect(await client.closeCode()).toBe(1002)
    }
  })
})

describe('limits', () => {
  it('close a connection that floods with messages: 4429', async () => {
    const { port, stats } = await serve({ limits: { messagesPerSecond: 5 } })
    const client = await greeted(port)
    for (let sent = 0; sent < 20; sent++) client.send({ type: 'ping' })
    expect(await client.closeCode()).toBe(4429)
    expect(stats.metrics().rate_limited).toBe(1)
  })

  it('close a connection that floods with pings of the protocol below: 4429', async () => {
    const { port } = await serve({ limits: { messagesPerSecond: 5 } })
    const client = await greeted(port)
    for (let sent = 0; sent < 20; sent++) client.sendFrame(0x89, Buffer.alloc(0))
    expect(await client.closeCode()).toBe(4429)
  })

  it('refuse connections above the number for all: 503', async () => {
    const { port } = await serve({ limits: { connections: 1 } })
    const client = await rawWebSocket(port, '/alerts?min_red=0.5')
    const refused = await rawWebSocket(port, '/alerts?min_red=0.5')
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '1'])
    client.end()
    while (running!.transport.connections > 0) await new Promise((resolve) => setTimeout(resolve, 5))
    expect((await rawWebSocket(port, '/alerts?min_red=0.5')).status).toBe(101)
  })

  it('refuse connections above the number for an address: 429', async () => {
    const { port, stats } = await serve({
      limits: { connectionsPerAddress: 1 },
      addressOf: ({ headers }) => String(headers['x-real-ip']),
    })
    const from = async (address: string) =>
      (await rawWebSocket(port, '/alerts?min_red=0.5', { headers: { 'X-Real-IP': address } })).status
    expect(await from('10.0.0.1')).toBe(101)
    expect(await from('10.0.0.1')).toBe(429)
    expect(await from('10.0.0.2')).toBe(101)
    expect(await from('2001:db8::1')).toBe(101)
    expect(await from('2001:db8:0:0:9:9:9:9')).toBe(429) // the same network
    expect(await from('2001:db8:0:1::1')).toBe(101)
    expect(stats.metrics().rate_limited).toBe(2)
  })

  it('refuse an address that connects too often: 429', async () => {
    const { port } = await serve({ limits: { connectsPerSecond: 0.1 }, now: () => 0 })
    const connect = async () => (await rawWebSocket(port, '/alerts?min_red=0.5')).status
    expect([await connect(), await connect()]).toEqual([101, 429])
  })

  it('are checked when the transport is made', async () => {
    await expect(serve({ limits: { subscriptions: 0 } })).rejects.toThrow(
      new RangeError('Expected `subscriptions` to be above 0, got 0'),
    )
    running = undefined
  })
})

describe('an address', () => {
  it.each(['//', '/alerts/../alerts?min_red=0.5&min_red=x', '/%'])('%s does not end the process', async (path) => {
    const { port, server } = await serve()
    server.on('upgrade', ({ url }, socket) => {
      if (!url?.startsWith('/alerts')) socket.end('HTTP/1.1 404 Not Found\r\n\r\n')
    })
    const { status } = await rawWebSocket(port, path)
    expect([101, 404]).toContain(status)
    expect((await rawWebSocket(port, '/alerts?min_red=0.5')).status).toBe(101)
  })

  it('may be another one, by option', async () => {
    const { port } = await serve({ path: '/live' })
    expect((await rawWebSocket(port, '/live?min_red=0.5')).status).toBe(101)
  })
})
