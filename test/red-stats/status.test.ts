import { describe, expect, it } from 'vitest'
import { localNotifier, memoryRegistry, memoryStore, RedStats } from '../../src/red-stats/index.ts'
import { healthOf } from '../../src/red-stats/status.ts'
import { alertServer } from './transports/alert-server.ts'
import { rawWebSocket } from './transports/raw-web-socket.ts'

const up = { state: 'up', lagMs: 0, spooled: 0, dropped: 0 } as const
const stored = { state: 'up', queuedBytes: 0 } as const

describe('health', () => {
  it('is not ready before it is open, while it drains, and when it is closed', async () => {
    const stats = new RedStats({ store: memoryStore() })
    expect(stats.health()).toMatchObject({ ready: false, reasons: ['cold'] })
    await stats.ready()
    expect(stats.health()).toMatchObject({ ready: true, reasons: [], notifier: up })
    stats.drain()
    expect(stats.health()).toMatchObject({ ready: false, reasons: ['draining'] })
    await stats.close()
    expect(stats.health()).toMatchObject({ ready: false, reasons: ['closed'], notifier: { state: 'down' } })
    stats.drain()
    expect(stats.health().reasons).toEqual(['closed'])
  })

  it('is not ready while the reader is far behind, but is while the broker is down', () => {
    expect(healthOf('open', { ...up, lagMs: 2001 }, stored)).toMatchObject({ ready: false, reasons: ['lagging'] })
    expect(healthOf('open', { ...up, state: 'down' }, stored)).toMatchObject({ ready: true })
  })
})

describe("the store's health", () => {
  it('is down from a failed attempt to store until the next that succeeds, and is no reason to be left out', async () => {
    const memory = memoryStore()
    let broken = true
    const append: typeof memory.append = async (events) => {
      if (broken) throw new Error('disk full')
      return memory.append(events)
    }
    await using stats = new RedStats({ store: { ...memory, append } })
    const image = { imageId: 'a', timestamp: 0, clientId: 'c', red: 0.5 }
    const failed = stats.record(image)
    expect(stats.health().store.queuedBytes).toBeGreaterThan(0)
    await expect(failed).rejects.toThrow('disk full')
    expect(stats.health()).toMatchObject({ ready: true, store: { state: 'down', queuedBytes: 0 } })
    broken = false
    await stats.record(image)
    expect(stats.health().store).toEqual({ state: 'up', queuedBytes: 0 })
  })
})

describe('metrics', () => {
  it('count what was read, sent, and is connected', async () => {
    const server = await alertServer()
    const { stats, port, record } = server
    const client = await rawWebSocket(port, '/alerts?min_red=0.5')
    const listener = stats.subscribe({ minRed: 0.5 }, () => {})
    for (const red of [0.9, 0.1, 0.8]) await record(red)
    await client.message()
    await client.message()
    await expect.poll(() => stats.metrics().alerts_sent).toBe(4) // the listener may be served in the next slice
    const metrics = stats.metrics()
    expect(metrics).toMatchObject({
      connections: 1,
      subscriptions: 2,
      events_in: 3,
      alerts_sent: 4,
      lagging_connections: 0,
      slow_closed: 0,
      dupes_dropped: 0,
      spool_size: 0,
      auth_failures: 0,
      gaps: { trimmed: 0, epoch: 0, lost: 0, slow: 0 },
    })
    for (const { count, buckets } of [metrics.fanout_ms, metrics.loop_block_ms, metrics.publish_to_delivery_ms]) {
      expect(count).toBeGreaterThan(0)
      expect(buckets.map(([, below]) => below)).toEqual([...buckets.map(([, below]) => below)].sort((a, b) => a - b))
    }
    listener.close()
    listener.close()
    expect(stats.metrics().subscriptions).toBe(1)
    await stats.record({ imageId: '0', timestamp: 0, clientId: 'camera', red: 0.9 })
    expect(stats.metrics()).toMatchObject({ events_in: 3, dupes_dropped: 1 })
    await server.close()
  })
})

describe('the engine', () => {
  it('says who connects and who leaves, and the registry knows', async () => {
    const registry = memoryRegistry()
    const server = await alertServer({}, { registry })
    const seen: string[] = []
    server.stats.on('connect', ({ id }) => seen.push(`connect ${id}`))
    server.stats.on('disconnect', ({ id, cursor }) => seen.push(`disconnect ${id} ${cursor.split(':')[1]}`))
    const client = await rawWebSocket(server.port, '/alerts')
    client.send({
      type: 'hello',
      subscriptions: [
        { id: 'a', min_red: 0.5 },
        { id: 'b', min_red: 0.6 },
      ],
    })
    const { connection_id } = await client.message<{ connection_id: string }>()
    await client.message()
    await client.message()
    await server.record(0.9)
    await client.message()
    expect(await registry.count({ active: true })).toBe(2)
    client.end()
    while ((await registry.count({ active: false })) < 2) await new Promise((resolve) => setTimeout(resolve, 5))
    expect(seen).toEqual([`connect ${connection_id}`, `disconnect ${connection_id} 1`])

    const again = await rawWebSocket(server.port, '/alerts')
    again.send({ type: 'hello', connection_id, subscriptions: [{ id: 'a', min_red: 0.7 }] })
    expect(await again.message()).toMatchObject({ type: 'welcome', connection_id })
    const thief = await rawWebSocket(server.port, '/alerts')
    thief.send({ type: 'hello', connection_id })
    expect((await thief.message<{ connection_id: string }>()).connection_id).not.toBe(connection_id)
    await server.close()
  })

  it.each([
    ['accept', 'subscribed', {}],
    ['reject', 'error', { code: 'UNAVAILABLE', retryable: true }],
  ] as const)('does without its registry, or not: %s', async (whenRegistryDown, type, rest) => {
    const errors: unknown[] = []
    const registry = { ...memoryRegistry(), upsert: () => Promise.reject(new Error('down')) }
    const server = await alertServer({}, { registry, whenRegistryDown })
    server.stats.on('error', (error) => errors.push(error))
    const client = await rawWebSocket(server.port, '/alerts')
    client.send({ type: 'hello', subscriptions: [{ id: 'a', min_red: 0.5 }] })
    await client.message()
    expect(await client.message()).toMatchObject({ type, id: 'a', ...rest })
    await server.close()
    expect(errors).toContainEqual(new Error('down'))
  })

  it('counts the subscribers of an alert for who asks', async () => {
    await using stats = new RedStats({ store: memoryStore() })
    const counts: number[] = []
    stats.on('alert', (_, subscribers) => counts.push(subscribers))
    stats.subscribe({ minRed: 0.5 }, () => {})
    stats.subscribe({ minRed: 0.8 }, () => {})
    stats.subscribe({ minRed: 0.1, clientId: 7 }, () => {})
    const red = (imageId: number, red: number, clientId: number) => ({ imageId, timestamp: 0, clientId, red })
    await stats.record([red(1, 0.6, 1), red(2, 0.9, 1), red(3, 0.9, 7), red(4, 0.4, 1)])
    await new Promise((resolve) => setImmediate(resolve))
    expect(counts).toEqual([1, 2, 3])
  })

  it('goes on after a place for listeners in this process, and tells them of a gap', async () => {
    const notifier = localNotifier()
    await using stats = new RedStats({ store: memoryStore(), notifier })
    await stats.ready()
    const images = [1, 2, 3].map((imageId) => ({ imageId, timestamp: 0, clientId: 'me', red: 0.9 }))
    const first = await new Promise<string>((resolve) => {
      const listener = stats.subscribe({ minRed: 0.5 }, ({ cursor }) => {
        listener.close()
        resolve(cursor)
      })
      void stats.record(images)
    })
    const seen: number[] = []
    const gaps: string[] = []
    stats.subscribe({ minRed: 0.5, since: first }, ({ seq }) => seen.push(seq))
    stats.subscribe({ minRed: 0.5, since: 'other:1', onGap: ({ reason }) => gaps.push(reason) }, () => {})
    await new Promise((resolve) => setImmediate(resolve))
    expect([seen, gaps]).toEqual([[2, 3], ['epoch']])
  })

  it.each([
    [{ rememberedEvents: 0 }, /rememberedEvents/],
    [{ maxStalledMs: Number.NaN }, /maxStalledMs/],
    [{ registery: memoryRegistry() }, /registery/],
  ])('refuses the options %o', (options, message) => {
    expect(() => new RedStats({ store: memoryStore(), ...options })).toThrow(message)
  })

  it('refuses wrong subscriptions', async () => {
    await using stats = new RedStats({ store: memoryStore() })
    expect(() => stats.subscribe({ minRed: 2 }, () => {})).toThrow(/minRed/)
    expect(() => stats.subscribe({ minRed: 0.5, since: '' }, () => {})).toThrow(/since/)
    expect(() => stats.subscribe({ minRed: 0.5, clientId: '' }, () => {})).toThrow(/clientId/)
  })
})
