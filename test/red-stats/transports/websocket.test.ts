import { setImmediate } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
import { webSocketTransport } from '../../../src/red-stats/transports/websocket.ts'
import { type AlertServer, alertServer } from './alert-server.ts'
import { rawWebSocket } from './raw-web-socket.ts'

let running: AlertServer | undefined
afterEach(async () => {
  await running?.close()
  running = undefined
})
const serve = async (...options: Parameters<typeof alertServer>): Promise<AlertServer> => {
  running = await alertServer(...options)
  return running
}

describe('a subscription in the address', () => {
  it('is answered with every image redder than min_red, and nothing before', async () => {
    const { port, record } = await serve()
    const client = await rawWebSocket(port, '/alerts?min_red=0.8')
    for (const red of [0.85, 0.8, 0.2, 1]) await record(red)
    const first = await client.message()
    expect(first).toMatchObject({
      type: 'alert',
      image: { image_id: '0', timestamp: 0, client_id: 'camera', red: 0.85 },
    })
    expect(first).toHaveProperty('cursor')
    expect(await client.message()).toMatchObject({ image: { image_id: '3', red: 1 } })
  })

  it('takes a threshold of 0 and of 1', async () => {
    const { port, record } = await serve()
    const all = await rawWebSocket(port, '/alerts?min_red=0')
    const none = await rawWebSocket(port, '/alerts?min_red=1')
    for (const red of [0, Number.MIN_VALUE, 1]) await record(red)
    expect(await all.message()).toMatchObject({ image: { red: Number.MIN_VALUE } })
    expect(await all.message()).toMatchObject({ image: { red: 1 } })
    await running?.transport.close()
    expect(await none.closeCode()).toBe(1012)
  })

  it.each(['1.1', '-0.1', 'x', '', '%20', 'NaN', 'Infinity'])('with min_red=%s is refused with 400', async (value) => {
    const { port } = await serve()
    const { status, body } = await rawWebSocket(port, `/alerts?min_red=${value}`)
    expect(status).toBe(400)
    expect(JSON.parse(body)).toMatchObject({ error: { code: 'INVALID', message: expect.stringContaining('min_red') } })
  })

  it.each(['/other', '/alerts/', '//'])('at %s is not found', async (path) => {
    const { port } = await serve()
    const { status, body } = await rawWebSocket(port, path)
    expect(status).toBe(404)
    expect(JSON.parse(body)).toEqual({ error: { code: 'NOT_FOUND', message: 'Alerts are at /alerts' } })
  })

  it('leaves upgrades of other paths to who else listens for them', async () => {
    const { port, server } = await serve()
    server.on('upgrade', (request, socket) => {
      if (request.url === '/other') socket.end('HTTP/1.1 418 Other\r\n\r\n')
    })
    expect((await rawWebSocket(port, '/other')).status).toBe(418)
  })

  it('may be one of several on a server, which answer what none of them serves', async () => {
    const { port, server, stats } = await serve()
    const second = await webSocketTransport(stats, { server, path: '/reds' })
    expect((await rawWebSocket(port, '/alerts?min_red=0.5')).status).toBe(101)
    expect((await rawWebSocket(port, '/reds?min_red=0.5')).status).toBe(101)
    expect((await rawWebSocket(port, '/other')).status).toBe(404)
    await running?.transport.close()
    expect((await rawWebSocket(port, '/alerts?min_red=0.5')).status).toBe(404)
    await second.close()
  })
})

describe('origins', () => {
  it.each([
    ['of the server itself', 'same', 101],
    ['on the list', 'https://example.org', 101],
    ['not on the list', 'https://evil.example', 403],
    ['of an opaque page', 'null', 403],
  ])('a page %s is answered with its due', async (_, origin, status) => {
    const { port } = await serve({ allowedOrigins: ['https://example.org'] })
    const headers = { Origin: origin === 'same' ? `http://127.0.0.1:${port}` : origin }
    expect((await rawWebSocket(port, '/alerts?min_red=0.5', { headers })).status).toBe(status)
  })
})

describe('a bad peer', () => {
  it('that sends what is not a message is closed with 4400', async () => {
    const { port } = await serve()
    const client = await rawWebSocket(port, '/alerts?min_red=0.5')
    client.send('{')
    expect(await client.closeCode()).toBe(4400)
  })

  it('that sends more than 4 KiB is closed with 1009', async () => {
    const { port } = await serve()
    const client = await rawWebSocket(port, '/alerts?min_red=0.5')
    client.send('x'.repeat(4097))
    expect(await client.closeCode()).toBe(1009)
  })

  it('that sends unmasked frames is closed with 1002', async () => {
    const { port } = await serve()
    const client = await rawWebSocket(port, '/alerts?min_red=0.5')
    client.sendFrame(0x81, Buffer.from('{}'), { mask: false })
    expect(await client.closeCode()).toBe(1002)
  })

  it('that resets its connection is forgotten, the others go on', async () => {
    const { port, record, transport } = await serve()
    const gone = await rawWebSocket(port, '/alerts?min_red=0.5')
    const stays = await rawWebSocket(port, '/alerts?min_red=0.5')
    gone.socket.resetAndDestroy()
    while (transport.connections > 1) await setImmediate()
    await record(0.9)
    expect(await stays.message()).toMatchObject({ image: { red: 0.9 } })
  })
})

it('close ends every connection with 1012 and takes no more', async () => {
  const { port, transport } = await serve()
  const clients = await Promise.all([1, 2, 3].map(() => rawWebSocket(port, '/alerts?min_red=0.5')))
  const codes = Promise.all(clients.map((client) => client.closeCode()))
  await transport.close()
  expect(await codes).toEqual([1012, 1012, 1012])
  expect(transport.connections).toBe(0)
})
