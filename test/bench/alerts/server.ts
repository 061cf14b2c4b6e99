// A process that serves alerts in one of three ways. Arguments: the way, and how many events ruddle remembers.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Server as SocketIo } from 'socket.io'
import { type WebSocket, WebSocketServer } from 'ws'
import { localNotifier, memoryStore, RedStats } from '../../../dist/red-stats/index.js'
import { webSocketTransport } from '../../../dist/red-stats/transports/websocket.js'
import { answer } from './child.ts'

const server = createServer()
const image = (at: number) => ({
  imageId: `image-${at}`,
  timestamp: 1_790_000_000_000,
  clientId: 'camera-42',
  red: 0.85,
})
const capacity = Number(process.argv[3] ?? 65_536)
let published = 0

/** Publishes so many events in one go. */
type Publish = (events: number) => unknown

const ways: Record<string, () => Promise<Publish>> = {
  // What is asked for: the whole engine, from record to socket.
  ruddle: async () => {
    const stats = new RedStats({
      store: memoryStore(),
      notifier: localNotifier({ capacity }),
      rememberedEvents: capacity,
    })
    const limits = { connections: 20_000, connectionsPerAddress: 20_000, connectsPerSecond: 20_000 }
    // the clients of the benchmark answer no pings
    await webSocketTransport(stats, { server, limits, heartbeatMs: 3_600_000 })
    return (events) => stats.record(Array.from({ length: events }, () => image(published++)))
  },
  // What one writes first: encode once, send to everyone whose threshold it passes.
  loop: async () => {
    const clients = new Map<WebSocket, number>()
    const sockets = new WebSocketServer({ server, perMessageDeflate: false })
    sockets.on('connection', (socket, { url }) => {
      clients.set(socket, Number(new URL(url!, 'http://localhost').searchParams.get('min_red')))
      socket.on('close', () => clients.delete(socket))
    })
    return (events) => {
      for (let event = 0; event < events; event++) {
        const message = wire(published++)
        const text = JSON.stringify(message)
        for (const [socket, minRed] of clients) if (message.image.red > minRed) socket.send(text)
      }
    }
  },
  'socket.io': async () => {
    const io = new SocketIo(server, { transports: ['websocket'], pingInterval: 1_000_000, perMessageDeflate: false })
    return (events) => {
      for (let event = 0; event < events; event++) io.emit('alert', wire(published++))
    }
  },
}

function wire(at: number) {
  const { imageId, timestamp, clientId, red } = image(at)
  const place = { type: 'alert', seq: at, cursor: `AAAAAAAAAAAA:${at}` }
  return { ...place, image: { image_id: imageId, timestamp, client_id: clientId, red } }
}

const publish = await ways[process.argv[2]!]!()
await new Promise<void>((resolve) => server.listen({ port: 0, host: '127.0.0.1', backlog: 4096 }, resolve))

/** The longest time until the event loop came round again, in milliseconds, while `act` and what follows it runs. */
let watching = false
let longest = 0
function watch(): void {
  let last = performance.now()
  const turn = () => {
    const now = performance.now()
    longest = Math.max(longest, now - last)
    last = now
    if (watching) setImmediate(turn)
  }
  setImmediate(turn)
}

answer({
  port: () => ({ port: (server.address() as AddressInfo).port }),
  publish: async ({ events }: { events: number }) => void (await publish(events)),
  cpu: () => {
    const { user, system } = process.cpuUsage()
    return { us: user + system, user, system }
  },
  watch: () => {
    longest = 0
    watching = true
    watch()
  },
  longest: () => {
    watching = false
    return { ms: longest }
  },
  memory: () => {
    globalThis.gc?.()
    return { bytes: process.memoryUsage().rss }
  },
})
