import { setImmediate } from 'node:timers/promises'
import { createClient } from 'redis'
import { localNotifier, memoryStore, RedStats, type StreamItem, toWire } from '../../../dist/red-stats/index.js'
import { startRedis } from '../../servers/redis.ts'
import { median, table } from '../measure.ts'
import { show, time, verdict } from './verdict.ts'

const missed = 1000
const minRed = 0.99
const clients = 500

/** A client comes back after a thousand events: from the ring, and by a read of the stream for each client. */
export async function replay(): Promise<string> {
  const events = Array.from({ length: missed }, (_, at) => ({
    imageId: `image-${at}`,
    timestamp: 1_790_000_000_000 + at,
    clientId: 'camera-42',
    red: ((at * 7919) % missed) / missed,
  }))
  const notifier = localNotifier()
  const stats = new RedStats({ store: memoryStore(), notifier })
  await stats.ready()
  const { head: since } = await notifier.start()
  await stats.record(events)
  await setImmediate()
  const encode = (item: StreamItem) => Buffer.from(JSON.stringify('type' in item ? item : toWire(item.event)))
  let written = 0
  const write = (bytes: Buffer) => {
    written += bytes.length
    return true
  }

  const redis = await startRedis()
  const client = await createClient({ url: redis.url }).connect()
  for (const [at, event] of events.entries())
    await client.xAdd('events', `0-${at + 1}`, { event: JSON.stringify(event) })

  const fromRing: number[] = []
  const fromStream: number[] = []
  for (let round = 0; round < 30; round++) {
    const connections = await Promise.all(
      Array.from({ length: clients }, () =>
        stats.connect({ clientId: '', encode, write, slow: () => {}, unsent: () => 0 }),
      ),
    )
    let start = performance.now()
    for (const connection of connections) {
      void connection.subscribe([{ id: 'a', minRed, scope: 'all' }], since)
      connection.flush()
    }
    fromRing.push((performance.now() - start) / clients)
    for (const connection of connections) connection.close()
    await setImmediate()
    start = performance.now()
    for (let turn = 0; turn < 10; turn++) {
      const frames = ((await client.xRange('events', '(0-0', '+')) ?? [])
        .map(({ message }) => JSON.parse(message['event'] ?? '{}'))
        .filter(({ red }) => red > minRed)
        .map((event) => Buffer.from(JSON.stringify(toWire(event))))
      write(Buffer.concat(frames))
    }
    fromStream.push((performance.now() - start) / 10)
  }
  client.destroy()
  await redis.close()
  await stats.close()
  if (written === 0) throw new Error('Nothing was replayed')
  const ratio = median(fromStream) / median(fromRing)
  return `### ${missed.toLocaleString('en')} missed events, for each client that comes back

${table(
  ['', 'ring in memory', '`XRANGE` of Redis for each client', 'ratio', 'must', 'goal', 'met'],
  [
    [
      'median of 30 rounds',
      time(median(fromRing)),
      time(median(fromStream)),
      show(ratio),
      ...verdict(ratio, { must: 100, goal: 500, more: true }),
    ],
  ],
)}`
}
