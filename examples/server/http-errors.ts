import { timingSafeEqual } from 'node:crypto'
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'

/** An answer other than success: its status and what the JSON body says. */
export class HttpError extends Error {
  readonly status: number
  readonly code: string
  readonly field?: string
  readonly retryAfterSeconds?: number

  constructor(
    status: number,
    code: string,
    message: string,
    { field, retryAfterSeconds, cause }: { field?: string; retryAfterSeconds?: number; cause?: unknown } = {},
  ) {
    super(message, { cause })
    this.status = status
    this.code = code
    if (field !== undefined) this.field = field
    if (retryAfterSeconds !== undefined) this.retryAfterSeconds = retryAfterSeconds
  }
}

/** Every error is answered as `{"error":{"code","message","field"?}}`; what is not ours says nothing of the inside. */
export function answerErrors(app: FastifyInstance, toHttpError: (error: unknown) => HttpError | undefined): void {
  app.setErrorHandler((error: unknown, request, reply) => {
    const known = error instanceof HttpError ? error : (toHttpError(error) ?? fromFastify(error))
    if (known === undefined) request.log.error({ err: error }, 'request failed')
    else if (known.status >= 500) request.log.warn({ err: known }, 'request failed')
    return sendError(reply, known ?? new HttpError(500, 'INTERNAL', 'The server failed; its log says why'))
  })
  app.setNotFoundHandler((request, reply) =>
    sendError(reply, new HttpError(404, 'NOT_FOUND', `There is no ${request.method} ${request.url.slice(0, 200)}`)),
  )
}

/** What cannot be decoded is refused before there is a route, and with it an error handler. */
export function answerBadUrl(_error: FastifyError, { url }: FastifyRequest, reply: FastifyReply): void {
  sendError(reply, new HttpError(400, 'BAD_URL', `The address cannot be decoded: ${url.slice(0, 200)}`))
}

function sendError(reply: FastifyReply, error: HttpError): FastifyReply {
  if (error.retryAfterSeconds !== undefined) reply.header('retry-after', error.retryAfterSeconds)
  const { code, message, field } = error
  return reply.code(error.status).send({ error: { code, message, ...(field === undefined ? {} : { field }) } })
}

/** Fastify's own errors for wrong requests carry a status below 500 and a message that is meant for the client. */
function fromFastify(error: unknown): HttpError | undefined {
  if (!(error instanceof Error) || !('statusCode' in error) || typeof error.statusCode !== 'number') return undefined
  if (error.statusCode >= 500) return undefined
  const code = 'code' in error && typeof error.code === 'string' ? error.code.replace('FST_ERR_', '') : 'BAD_REQUEST'
  return new HttpError(error.statusCode, code, error.message)
}

/** Lets a request write only with the token, and a web page only from an origin of ours. */
export function requireWriter(token: string | undefined, pageOrigins: readonly string[]) {
  return async (request: FastifyRequest): Promise<void> => {
    const { origin, host, authorization } = request.headers
    const isOurPage = origin === undefined || pageOrigins.includes(origin) || isOriginOf(origin, host)
    if (!isOurPage) throw new HttpError(403, 'FORBIDDEN', `Pages of ${origin} may not write here`)
    if (token === undefined) return
    if (!sameText(authorization ?? '', `Bearer ${token}`)) {
      throw new HttpError(
        401,
        'UNAUTHORIZED',
        'Send the header `Authorization: Bearer TOKEN` with the token of this server',
      )
    }
  }
}

/** A page of this very server; the origin `null` of a sandboxed page is nobody's. */
function isOriginOf(origin: string, host: string | undefined): boolean {
  return URL.canParse(origin) && new URL(origin).host === host
}

function sameText(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)]
  return left.length === right.length && timingSafeEqual(left, right)
}
