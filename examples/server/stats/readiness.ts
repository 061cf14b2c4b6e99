import type { FastifyInstance } from 'fastify'
import type { RedStats } from 'ruddle/red-stats'

/** `GET /ready`, for load balancers: 200 when this instance should be sent clients, 503 with the reasons when not. */
export function serveReadiness(app: FastifyInstance, stats: RedStats): void {
  app.get('/ready', async (_request, reply) => {
    const { ready, reasons, notifier } = stats.health()
    return reply.code(ready ? 200 : 503).send({ ready, reasons, notifier: notifier.state, spooled: notifier.spooled })
  })
}
