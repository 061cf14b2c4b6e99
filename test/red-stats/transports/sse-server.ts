import { createServer } from 'node:http'
import type { Socket } from 'node:net'
import { memoryStore, RedStats, type RedStatsOptions } from '../../../src/red-stats/index.ts'
import { type SseTransport, type SseTransportOptions, sseTransport } from '../../../src/red-stats/transports/sse.ts'

export interface SseServer {
  readonly stats: RedStats
  readonly transport: SseTransport
  readonly url: string
  record(red: number, clientId?: string): Promise<void>
  /** Cuts off every connection, as a failing network does. */
  dropAll(): void
  close(): Promise<void>
}

/** A real server that answers `/alerts` with server-sent events, and `/` with an empty page. */
export async function sseServer(
  options: SseTransportOptions = {},
  engine: Partial<RedStatsOptions> = {},
): Promise<SseServer> {
  const stats = new RedStats({ store: memoryStore(), ...engine })
  await stats.ready()
  const transport = sseTransport(stats, options)
  const server = createServer((request, response) => {
    if (request.url?.startsWith('/alerts')) transport.handle(request, response)
    else response.setHeader('content-type', 'text/html').end('<!doctype html><title>test</title>')
  })
  const sockets = new Set<Socket>()
  server.on('connection', (socket) => sockets.add(socket))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('The server got no port')
  let next = 0
  return {
    stats,
    transport,
    url: `http://127.0.0.1:${address.port}`,
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
