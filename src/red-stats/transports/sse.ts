/**
 * Serves the alerts of a `RedStats` as server-sent events.
 * The guides: [alerts](../../../docs/red-stats.md#alerts), [what is said on the wire](../../../docs/protocol.md#server-sent-events).
 * @module
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { setImmediate } from 'node:timers/promises'
import type { StreamItem } from '../alert-hub/event-ring.ts'
import type { AlertConnection, AlertSource } from '../alert-source.ts'
import { RedStatsError } from '../errors.ts'
import {
  type Admission,
  type AdmissionOptions,
  type Authenticate,
  bearerToken,
  type ConnectionLimits,
  createDoor,
  grantScope,
  type Identity,
  isRefusal,
  type Refusal,
  refusalHeaders,
  refusalText,
} from './admission.ts'
import { drain, type Leaving } from './drain.ts'
import { whenReached } from './expiry.ts'
import { createHeartbeat } from './heartbeat.ts'
import { type AddressSubscription, itemText, parseAddress, subscribedMessage } from './protocol.ts'
import { createStreamWriter } from './stream-writer.ts'
import { within } from './within.ts'

export type { Authenticate, ConnectionLimits, Identity } from './admission.ts'

export interface SseTransportOptions extends AdmissionOptions {
  /**
   * Finds out who connects, by the `Authorization` header or, since a browser's EventSource can set none, the `token`
   * of the address. Addresses are logged on their way: give out tokens that live for a minute. Default: everyone may.
   */
  readonly authenticate?: Authenticate
  readonly limits?: ConnectionLimits
  /** Milliseconds between comments that keep the connection open. Default 15,000. */
  readonly commentMs?: number
  /** Milliseconds that a client waits before it comes back. Default 2,000. */
  readonly retryMs?: number
}

export interface SseTransport {
  /** Answers `GET …?min_red=0.8`; the caller has looked at the path. */
  handle(request: IncomingMessage, response: ServerResponse): void
  readonly connections: number
  /**
   * Takes no more connections, tells each to come back, and ends them.
   * @param options.drainMs Milliseconds over which many connections are spread. Default 5,000; few are ended at once.
   */
  close(options?: { readonly drainMs?: number }): Promise<void>
}

const cutOffMs = 2000
const authenticateMs = 5000

// The id is what a browser sends as Last-Event-ID when it comes back; a gap has one too, so that it is not told again.
function encode(item: StreamItem, ids?: readonly string[]): Buffer {
  const text = itemText(item, ids)
  return Buffer.from(
    'type' in item ? `event: gap\nid: ${item.to}\ndata: ${text}\n\n` : `id: ${item.cursor}\ndata: ${text}\n\n`,
  )
}

/**
 * Answers a GET request with every image redder than `min_red`, as it is recorded, in the form that `curl` shows and a
 * browser's `EventSource` reads. A client that comes back with `Last-Event-ID` is sent what it missed.
 *
 * @example
 * ```ts
 * import { once } from 'node:events'
 * import { createServer } from 'node:http'
 * import type { AddressInfo } from 'node:net'
 * import { memoryStore, RedStats } from 'ruddle/red-stats'
 * import { sseTransport } from 'ruddle/red-stats/sse'
 *
 * const stats = new RedStats({ store: memoryStore() })
 * const alerts = sseTransport(stats)
 * const server = createServer((request, response) => alerts.handle(request, response)).listen(0, '127.0.0.1')
 * await once(server, 'listening')
 *
 * const { port } = server.address() as AddressInfo
 * const response = await fetch(`http://127.0.0.1:${port}/alerts?min_red=0.8`)
 * response.headers.get('content-type') // => 'text/event-stream'
 *
 * await alerts.close()
 * await stats.close()
 * server.close()
 * ```
 */
export function sseTransport(source: AlertSource, options: SseTransportOptions = {}): SseTransport {
  const { authenticate, commentMs = 15_000, retryMs = 2000, now = Date.now } = options
  for (const [name, value] of Object.entries({ commentMs, retryMs, ...options.limits })) {
    if (!(value > 0)) throw new RangeError(`Expected \`${name}\` to be above 0, got ${value}`)
  }
  const door = createDoor(options)
  const open = new Set<Leaving>()
  const comments = createHeartbeat<ServerResponse>(commentMs, (response) => response.write(':\n\n'))
  let closing: Promise<void> | undefined

  function handle(request: IncomingMessage, response: ServerResponse): void {
    const admission = enter(request)
    if (isRefusal(admission)) {
      if (admission.status === 429) source.refused('rate_limited')
      refuse(response, admission)
      return
    }
    response.once('close', admission.leave)
    response.on('error', () => response.destroy())
    serve(request, response, admission).catch((error: unknown) => {
      if (response.headersSent) response.destroy()
      else refuse(response, refusalOf(error))
    })
  }

  function enter(request: IncomingMessage): Admission | Refusal {
    if (closing !== undefined) return { status: 503, code: 'BUSY', message: 'The server is stopping' }
    if (request.method !== 'GET') return { status: 405, code: 'INVALID', message: 'Expected a GET request' }
    return door.enter(request)
  }

  async function serve(request: IncomingMessage, response: ServerResponse, admission: Admission): Promise<void> {
    const query = new URLSearchParams(request.url?.split('?', 2)[1])
    const lastId = request.headers['last-event-id']
    // After the first reconnect the browser's id is newer than the `since` of the address.
    if (typeof lastId === 'string' && lastId !== '') query.set('since', lastId)
    const address = parseAddress(query)
    if (address === undefined) throw new RedStatsError('INVALID', 'Expected `min_red` to be given')
    const token = bearerToken(request) ?? query.get('token') ?? undefined
    const identity = await identify(request, token)
    const scope = identity === undefined ? undefined : grantScope(identity, address.scope)
    if (identity === undefined) {
      source.refused('auth_failures')
      refuse(response, { status: 401, code: 'UNAUTHORIZED', message: 'The token is unknown or has expired' })
    } else if (scope === undefined) {
      refuse(response, { status: 403, code: 'FORBIDDEN', message: 'This client may not see these images' })
    } else if (authenticate !== undefined && !admission.identify(identity.clientId)) {
      source.refused('rate_limited')
      refuse(response, { status: 429, code: 'LIMIT', message: 'Too many connections of this client' })
    } else if (!response.destroyed) await stream(request, response, identity, { ...address, scope })
  }

  async function identify(request: IncomingMessage, token: string | undefined): Promise<Identity | undefined> {
    if (authenticate === undefined) return { clientId: '' }
    const identity = await within(authenticateMs, async () => authenticate({ token, request }))
    return (identity?.expiresAt ?? Number.POSITIVE_INFINITY) > now() ? identity : undefined
  }

  async function stream(
    request: IncomingMessage,
    response: ServerResponse,
    identity: Identity,
    { id, minRed, scope, since }: AddressSubscription & { scope: 'all' | 'own' },
  ): Promise<void> {
    let connection: AlertConnection | undefined
    const writer = createStreamWriter(response, () => connection?.ready())
    const ended = new Promise<void>((resolve) => response.once('close', resolve))
    function end(): void {
      connection?.close()
      writer.stop()
      response.end()
      const impatience = setTimeout(() => response.destroy(), cutOffMs)
      void ended.then(() => clearTimeout(impatience))
    }
    connection = await source.connect({
      clientId: identity.clientId,
      encode,
      write: writer.write,
      slow: end,
      unsent: writer.unsent,
    })
    const leaving: Leaving = {
      goAway: (retryAfterMs) =>
        void writer.answer(
          `event: goaway\nretry: ${retryAfterMs}\ndata: {"type":"goaway","retry_after_ms":${retryAfterMs}}\n\n`,
        ),
      close: () => {
        connection?.flush()
        end()
        return ended
      },
    }
    open.add(leaving)
    comments.add(response)
    void ended.then(() => {
      connection?.close()
      open.delete(leaving)
      comments.delete(response)
    })
    request.socket.setNoDelay(true)
    // Without chunks a write to the response is a write to the socket, so that all connections can share the bytes.
    response.useChunkedEncodingByDefault = false
    response.writeHead(200, {
      'content-type': 'text/event-stream',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no', // nginx would hold alerts back
      ...(request.headers.origin === undefined
        ? {}
        : { 'access-control-allow-origin': request.headers.origin, vary: 'origin' }),
    })
    const [begun] = await connection.subscribe([{ id, minRed, scope }], since)
    // Without an id, a client that drops before its first alert would come back with nothing to resume from.
    const place = begun!.replayed ? '' : `id: ${begun!.cursor}\n`
    writer.answer(
      `retry: ${retryMs}\nevent: subscribed\n${place}data: ${JSON.stringify(subscribedMessage(begun!))}\n\n`,
    )
    if (identity.expiresAt !== undefined) void ended.then(whenReached(identity.expiresAt, now, end))
  }

  async function close(drainMs: number): Promise<void> {
    source.drain()
    await setImmediate() // what is recorded by now reaches the hub, and is flushed before each goodbye
    await drain([...open], { drainMs })
    comments.close()
  }

  return {
    handle,
    get connections() {
      return open.size
    },
    close: ({ drainMs = 5000 } = {}) => {
      closing ??= close(drainMs)
      return closing
    },
  }
}

function refusalOf(error: unknown): Refusal {
  return error instanceof RedStatsError && error.code === 'INVALID'
    ? { status: 400, code: error.code, message: error.message }
    : { status: 503, code: 'UNAVAILABLE', message: 'The server failed; try again later' }
}

function refuse(response: ServerResponse, refusal: Refusal): void {
  response.writeHead(refusal.status, { 'content-type': 'application/json', ...refusalHeaders(refusal) })
  response.end(refusalText(refusal))
}
