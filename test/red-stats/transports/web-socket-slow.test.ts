import { afterEach, describe, expect, it } from 'vitest'
import { type AlertServer, alertServer } from './alert-server.ts'
import { frameOf, type RawWebSocket, rawWebSocket } from './raw-web-socket.ts'

let running: AlertServer | undefined
afterEach(async () => {
  await running?.close()
  running = undefined
})
const serve = async (...options: Parameters<typeof alertServer>): Promise<AlertServer> => {
  running = await alertServer(...options)
  return running
}

interface Message {
  readonly type: 'alert' | 'gap'
  readonly seq: number
  readonly from: string
  readonly to: string
}

const seqOf = (cursor: string): number => Number(cursor.split(':')[1])

let recorded = 0
async function recordMany({ stats }: AlertServer, count: number): Promise<void> {
  for (let done = 0; done < count; done += 5000) {
    await stats.record(
      Array.from({ length: Math.min(5000, count - done) }, () => ({
        imageId: `${'x'.repeat(240)}${recorded++}`,
        timestamp: 0,
        clientId: 'me',
        red: 0.9,
      })),
    )
    await new Promise((resolve) => setImmediate(resolve))
  }
}

/** How many alerts come one after the other, from the first that was ever sent, up to `count`. */
async function alertsInOrder(client: RawWebSocket, count: number): Promise<number> {
  let seq = 0
  while (seq < count && (await client.message<Message>()).seq === seq + 1) seq++
  return seq
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5))
}

describe('a connection that stops reading', () => {
  it('costs little memory, disturbs nobody, and is sent everything when it reads again', async () => {
    const server = await serve()
    const stalled = await rawWebSocket(server.port, '/alerts?min_red=0.5')
    const reader = await rawWebSocket(server.port, '/alerts?min_red=0.5')
    stalled.socket.pause()
    await recordMany(server, 28_000) // 12 MB of frames
    expect(await alertsInOrder(reader, 28_000)).toBe(28_000)
    expect(server.stats.metrics().lagging_connections).toBe(1)
    expect(server.stats.metrics().buffered_bytes).toBeLessThan(200_000)
    stalled.socket.resume()
    expect(await alertsInOrder(stalled, 28_000)).toBe(28_000)
    await until(() => server.stats.metrics().lagging_connections === 0)
  })

  it('for so long that it is overtaken is told of a gap in its place', async () => {
    const server = await serve({}, { rememberedEvents: 1000 })
    const client = await rawWebSocket(server.port, '/alerts?min_red=0.5')
    client.socket.pause()
    await recordMany(server, 34_000)
    client.socket.resume()
    let last = 0
    let gaps = 0
    while (last < 34_000) {
      const message = await client.message<Message>()
      if (message.type === 'gap') {
        expect(seqOf(message.from)).toBe(last)
        last = seqOf(message.to)
        gaps++
      } else if (message.seq !== ++last) expect.fail(`Expected ${last}, got ${message.seq}`)
    }
    expect(gaps).toBeGreaterThan(0)
    expect(server.stats.metrics().gaps.slow).toBe(gaps)
  })

  it('for too long is closed with 4008, and ended though it does not answer', async () => {
    const slow: string[] = []
    const server = await serve({ closeTimeoutMs: 50 }, { maxStalledMs: 50 })
    server.stats.on('slow', ({ cursor }) => slow.push(cursor))
    const client = await rawWebSocket(server.port, '/alerts?min_red=0.5', { deaf: true })
    client.socket.pause()
    await recordMany(server, 41_000)
    await until(() => server.transport.connections === 0)
    expect(slow).toHaveLength(1)
    expect(server.stats.metrics()).toMatchObject({ slow_closed: 1, lagging_connections: 0, connections: 0 })
  })

  it('for too long, but then reads, finds out why it was closed', async () => {
    const server = await serve({ closeTimeoutMs: 20_000 }, { maxStalledMs: 50 })
    const client = await rawWebSocket(server.port, '/alerts?min_red=0.5')
    client.socket.pause()
    await recordMany(server, 41_000)
    await until(() => server.stats.metrics().slow_closed === 1)
    client.socket.resume()
    expect(await client.closeCode()).toBe(4008)
  })

  it('and floods with messages is ended', async () => {
    const server = await serve({ limits: { messagesPerSecond: 1_000_000 }, closeTimeoutMs: 50 })
    const client = await rawWebSocket(server.port, '/alerts?min_red=0.5')
    client.socket.pause()
    const ping = frameOf(0x81, Buffer.from(JSON.stringify({ type: 'ping', t: 'x'.repeat(60) })))
    const thousand = Buffer.concat(Array.from({ length: 1000 }, () => ping))
    while (server.transport.connections > 0) {
      client.socket.write(thousand)
      await new Promise((resolve) => setTimeout(resolve, 1))
    }
    expect(server.stats.metrics().connections).toBe(0)
  })
})

describe('a half-open connection', () => {
  it('that answers no ping is ended', async () => {
    const server = await serve({ heartbeatMs: 100 })
    const deaf = await rawWebSocket(server.port, '/alerts?min_red=0.5', { deaf: true })
    const alive = await rawWebSocket(server.port, '/alerts?min_red=0.5')
    expect(await deaf.next()).toBeUndefined()
    await until(() => server.transport.connections === 1)
    await server.record(0.9)
    expect(await alive.message()).toMatchObject({ seq: 1 })
  })
})

describe('stopping', () => {
  it('tells each connection to go away, sends what is recorded, then closes with 1012', async () => {
    const server = await serve()
    const client = await rawWebSocket(server.port, '/alerts?min_red=0.5')
    await server.record(0.9)
    const closed = server.transport.close()
    expect(server.stats.health()).toMatchObject({ ready: false, reasons: ['draining'] })
    expect(await client.message()).toMatchObject({ seq: 1 })
    const goaway = await client.message<{ type: string; retry_after_ms: number }>()
    expect(goaway.type).toBe('goaway')
    expect(goaway.retry_after_ms).toBeLessThanOrEqual(5000)
    expect(await client.closeCode()).toBe(1012)
    await closed
    expect(server.transport.connections).toBe(0)
  })

  it('spreads many connections over the drain time', async () => {
    const server = await serve()
    const clients: RawWebSocket[] = []
    for (let made = 0; made < 60; made++) clients.push(await rawWebSocket(server.port, '/alerts?min_red=0.5'))
    const closed = server.transport.close({ drainMs: 60 })
    await until(() => server.transport.connections < 60)
    expect(server.transport.connections).toBeGreaterThan(0)
    expect(await Promise.all(clients.map((client) => client.closeCode()))).toEqual(clients.map(() => 1012))
    await closed
  })

  it('does not wait for a peer that does not answer', async () => {
    const server = await serve({ closeTimeoutMs: 20 })
    const client = await rawWebSocket(server.port, '/alerts?min_red=0.5', { deaf: true })
    client.socket.pause()
    await server.transport.close()
    expect(server.transport.connections).toBe(0)
  })

  it('twice is once', async () => {
    const { transport } = await serve()
    expect(transport.close()).toBe(transport.close())
  })
})
