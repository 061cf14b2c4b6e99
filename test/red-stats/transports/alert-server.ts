import { createServer, type Server } from 'node:http'
import type { Socket } from 'node:net'
import { memoryStore, RedStats, type RedStatsOptions } from '../../../src/red-stats/index.ts'
import {
  type WebSocketTransport,
  type WebSocketTransportOptions,
  webSocketTransport,
} from '../../../src/red-stats/transports/websocket.ts'

export interface AlertServer {
  readonly stats: RedStats
  readonly server: Server
  readonly transport: WebSocketTransport
  readonly port: number
  /** Records one image with this much red; its id is the number of those before. */
  record(red: number, clientId?: string): Promise<void>
  /** Cuts off every connection, as a failing network does. */
  dropAll(): void
  close(): Promise<void>
}

/** A real server with the WebSocket transport on a free port. */
export async function alertServer(
  options: Omit<WebSocketTransportOptions, 'server'> = {},
  engine: Partial<RedStatsOptions> = {},
): Promise<AlertServer> {
  const stats = new RedStats({ store: memoryStore(), ...engine })
  await stats.ready()
  const server = createServer((_, response) => response.writeHead(404).end())
  const transport = await webSocketTransport(stats, { server, ...options })
  const sockets = new Set<Socket>()
  server.on('connection', (socket) => sockets.add(socket))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('The server got no port')
  let next = 0
  return {
    stats,
    server,
    transport,
    port: address.port,
    record: async (red, clientId = 'camera') => {
      await stats.record({ imageId: String(next++), timestamp: 0, clientId, red })
    },
    dropAll: () => {
      for (const socket of sockets) socket.destroy()
      sockets.clear()
    },
    close: async () => {
      await transport.close({ drainMs: 0 })
      await stats.close()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
