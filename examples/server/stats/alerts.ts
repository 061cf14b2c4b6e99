import type { FastifyInstance } from 'fastify'
import type { RedStats } from 'ruddle/red-stats'
import { type SseTransportOptions, sseTransport } from 'ruddle/red-stats/sse'
import { webSocketTransport } from 'ruddle/red-stats/websocket'

/** Alerts at `/alerts?min_red=`: over a WebSocket to those who ask for one, to others as server-sent events. */
export async function serveAlerts(
  app: FastifyInstance,
  stats: RedStats,
  options: Pick<SseTransportOptions, 'addressOf' | 'limits'>,
): Promise<void> {
  const webSockets = await webSocketTransport(stats, { server: app.server, ...options })
  const events = sseTransport(stats, options)
  app.get('/alerts', (request, reply) => {
    reply.hijack()
    events.handle(request.raw, reply.raw)
  })
  // Together: an upgrade that nobody takes any more would otherwise be answered with events.
  app.addHook('preClose', async () => {
    await Promise.all([webSockets.close(), events.close()])
  })
}
