import staticFiles from '@fastify/static'
import { type FastifyBaseLogger, type FastifyInstance, type FastifyReply, type FastifyRequest, fastify } from 'fastify'
import { createProfiler } from 'ruddle/profiling'
import type { RedStats } from 'ruddle/red-stats'
import type { ConnectionLimits } from 'ruddle/red-stats/sse'
import { answerBadUrl, answerErrors, HttpError, requireWriter } from '../http-errors.ts'
import { serveOpenApi } from '../openapi.ts'
import { serveAlerts } from './alerts.ts'
import { eventsOf, fromRedStats, maxEvents, wireName } from './events.ts'
import { readExtent } from './extent.ts'
import { statsOpenApi } from './openapi.ts'
import {
  countQuery,
  countQueryOf,
  distributionQuery,
  listQuery,
  parseNumber,
  type StatsQuery,
  seriesQuery,
} from './query.ts'
import { trustedProxies } from './trusted-proxies.ts'

/** A wrong request is refused, not made to fit. */
const ajv = { customOptions: { coerceTypes: false, removeAdditional: false } } as const

export interface StatsAppOptions {
  readonly stats: RedStats
  /** Folder of the built page. */
  readonly page: string
  /** Where the page finds the pictures. */
  readonly redUrl: string
  readonly log: FastifyBaseLogger
  readonly token?: string | undefined
  /** Addresses and ranges of the proxies whose `X-Forwarded-For` is believed. */
  readonly proxies?: readonly string[] | undefined
  /** Of connections for alerts, over WebSocket and as server-sent events each. */
  readonly limits?: ConnectionLimits
}

/** RED_STATS: keeps what RED reports, answers how many and how red, and alerts. */
export async function createStatsApp(options: StatsAppOptions): Promise<FastifyInstance> {
  const { stats, page, redUrl, log, token, proxies = [], limits = {} } = options
  const { trusts, clientOf } = trustedProxies(proxies)
  const profiler = createProfiler({ sink: log })
  const app = fastify({
    loggerInstance: log,
    bodyLimit: 8 * 2 ** 20,
    requestTimeout: 60_000,
    ajv,
    frameworkErrors: answerBadUrl,
    trustProxy: trusts,
  })
  answerErrors(app, fromRedStats)
  app.addHook('onClose', async () => profiler.close())
  app.addContentTypeParser('application/x-ndjson', { parseAs: 'string' }, (_request, body, done) => done(null, body))

  async function record(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const events = eventsOf(request.body)
    if (!Array.isArray(events)) {
      const { status } = await stats.record(events)
      const code = { stored: 201, duplicate: 200, conflict: 409 }[status]
      if (status === 'conflict')
        throw new HttpError(code, 'CONFLICT', 'This image_id was recorded with other values before')
      return reply.code(code).send({ image_id: String(events.imageId), status })
    }
    const results = await stats.record(events)
    return reply.send(
      results.map((result, index) => ({
        image_id: idText(events[index]?.imageId),
        status: result.status,
        ...(result.status === 'invalid' && {
          error: {
            code: result.error.code,
            message: wireName(result.error.message),
            field: wireName(result.error.field ?? ''),
          },
        }),
      })),
    )
  }

  async function count(request: FastifyRequest) {
    const query = countQueryOf(request.query as StatsQuery)
    const { total, above } = await stats.count(query)
    return { from: query.from ?? null, to: query.to ?? null, red: query.red ?? null, total, above }
  }

  async function series(request: FastifyRequest) {
    const query = request.query as StatsQuery
    const { from, to, ...rest } = countQueryOf(query)
    const stepMs = parseNumber('step_ms', query.step_ms)
    // The engine says what is missing.
    return stats.series({ ...rest, from: from as number, to: to as number, stepMs: stepMs as number })
  }

  async function distribution(request: FastifyRequest) {
    const query = request.query as StatsQuery
    const { red: _, ...range } = countQueryOf(query)
    return stats.distribution({ ...range, bins: parseNumber('bins', query.bins) ?? 20 })
  }

  async function list(request: FastifyRequest) {
    const query = request.query as StatsQuery
    const limit = parseNumber('limit', query.limit)
    const { events, next } = await stats.list({
      ...countQueryOf(query),
      ...(limit === undefined ? {} : { limit }),
      ...(query.after === undefined ? {} : { after: query.after }),
    })
    const images = events.map(({ imageId, timestamp, clientId, red }) => ({
      image_id: imageId,
      timestamp,
      client_id: clientId,
      red,
    }))
    return { images, next: next ?? null }
  }

  const body = { anyOf: [{ type: 'object' }, { type: 'array', maxItems: maxEvents }, { type: 'string' }] }
  app.post('/stats', { schema: { body }, onRequest: requireWriter(token, []) }, profiler.timeit('POST /stats', record))
  app.get('/stats', { schema: { querystring: countQuery } }, profiler.timeit('GET /stats', count))
  app.get('/stats/series', { schema: { querystring: seriesQuery } }, profiler.timeit('GET /stats/series', series))
  app.get(
    '/stats/distribution',
    { schema: { querystring: distributionQuery } },
    profiler.timeit('GET /stats/distribution', distribution),
  )
  app.get('/stats/list', { schema: { querystring: listQuery } }, profiler.timeit('GET /stats/list', list))
  app.get(
    '/stats/extent',
    profiler.timeit('GET /stats/extent', () => readExtent(stats)),
  )
  app.get('/health', async () => ({ status: 'up' }))
  app.get('/config', async () => ({ red_url: redUrl }))
  await serveOpenApi(app, statsOpenApi)
  await app.register(staticFiles, {
    root: page,
    setHeaders: (response) => {
      response.header('content-security-policy', pagePolicy(new URL(redUrl).origin))
      response.header('x-content-type-options', 'nosniff')
    },
  })

  await serveAlerts(app, stats, { addressOf: clientOf, limits })
  return app
}

/** An id as it was sent; what is none may be a whole tree, deeper than could be written. */
function idText(id: unknown): string | number | null {
  return typeof id === 'string' || typeof id === 'number' ? id : null
}

/** The page has its own files only, besides the pictures and the uploads of RED; blob: are previews of uploads. */
function pagePolicy(red: string): string {
  return [
    "default-src 'self'",
    `img-src 'self' blob: ${red}`,
    `connect-src 'self' ws: wss: ${red}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ')
}
