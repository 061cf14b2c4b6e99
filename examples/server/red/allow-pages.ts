import type { FastifyInstance } from 'fastify'

/** Lets pages of these origins send pictures with headers of their own, and read the answers, errors included. */
export function allowPages(app: FastifyInstance, origins: readonly string[]): void {
  app.addHook('onRequest', async (request, reply) => {
    reply.header('vary', 'origin')
    const { origin } = request.headers
    if (origin !== undefined && origins.includes(origin)) reply.header('access-control-allow-origin', origin)
  })
  app.options('/images', async (_request, reply) =>
    reply
      .code(204)
      .header('access-control-allow-methods', 'POST')
      .header('access-control-allow-headers', 'authorization, content-type, idempotency-key, x-client-id')
      .header('access-control-max-age', '3600')
      .send(),
  )
}
