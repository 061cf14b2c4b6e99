// One RED_STATS of a cluster: the engine, POST /stats, GET /stats, GET /ready and the alerts, on the port it is given.
import { createServer } from 'node:http'
import { memoryStore, type Notifier, RedStats } from '../../../src/red-stats/index.ts'
import { natsNotifier } from '../../../src/red-stats/notifiers/nats.ts'
import { redisNotifier } from '../../../src/red-stats/notifiers/redis.ts'
import { postgresNotifier, postgresRegistry } from '../../../src/red-stats/postgres.ts'
import { clickHouseStore } from '../../../src/red-stats/stores/clickhouse.ts'
import { webSocketTransport } from '../../../src/red-stats/transports/websocket.ts'
import type { InstanceOptions } from './fleet.ts'

const { port, broker, brokerUrl, storeUrl, postgresUrl } = JSON.parse(process.argv[2] ?? '') as InstanceOptions

function notifierFor(): Notifier | undefined {
  if (brokerUrl === undefined) return undefined
  if (broker === 'redis') return redisNotifier({ url: brokerUrl, timeoutMs: 1000 })
  if (broker === 'nats') return natsNotifier({ servers: brokerUrl, timeoutMs: 1000 })
  return postgresNotifier({ url: brokerUrl, timeoutMs: 1000 })
}

const notifier = notifierFor()
const stats = new RedStats({
  store: storeUrl === undefined ? memoryStore() : clickHouseStore({ url: storeUrl, timeoutMs: 3000 }),
  ...(notifier && { notifier }),
  ...(postgresUrl !== undefined && { registry: postgresRegistry({ url: postgresUrl, timeoutMs: 1000 }) }),
})
stats.on('error', () => {}) // what fails shows in what the clients get
await stats.ready()

const server = createServer(async (request, response) => {
  const answer = (status: number, body: unknown) => response.writeHead(status).end(JSON.stringify(body))
  try {
    if (request.url === '/ready') {
      const health = stats.health()
      answer(health.ready ? 200 : 503, health)
    } else if (request.method === 'POST') {
      const chunks: Buffer[] = []
      for await (const chunk of request) chunks.push(chunk)
      answer(200, await stats.record(JSON.parse(Buffer.concat(chunks).toString())))
    } else answer(200, await stats.count({ red: 0.8 }))
  } catch (error) {
    answer(503, { error: String(error) })
  }
})
const transport = await webSocketTransport(stats, {
  server,
  limits: { connectionsPerAddress: 10_000, connectsPerSecond: 10_000 },
})
await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
process.send?.('up')
process.once('SIGTERM', async () => {
  stats.drain()
  await transport.close()
  server.close()
  await stats.close()
  process.exit(0)
})
