/**
 * Serves the alerts of a `RedStats` over WebSocket.
 * The guides: [alerts](../../../docs/red-stats.md#alerts), [what is said on the wire](../../../docs/protocol.md#websocket).
 * @module
 */
import { type IncomingMessage, type Server, STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import { setImmediate } from 'node:timers/promises'
import type { AlertSource } from '../alert-source.ts'
import { RedStatsError } from '../errors.ts'
import { loadPeer } from '../missing-peer.ts'
import {
  type Admission,
  type AdmissionOptions,
  type Authenticate,
  bearerToken,
  type ConnectionLimits,
  createDoor,
  isRefusal,
  type Refusal,
  refusalHeaders,
  refusalText,
} from './admission.ts'
import { drain } from './drain.ts'
import { createHeartbeat } from './heartbeat.ts'
import { parseAddress, subprotocol } from './protocol.ts'
import { type Session, type SessionSettings, serveSession, type WebSocketLike } from './web-socket-session.ts'
import { within } from './within.ts'

export type { Authenticate, ConnectionLimits, Identity } from './admission.ts'

export interface WebSocketLimits extends ConnectionLimits {
  /** Of one connection. Default 100. */
  readonly subscriptions?: number
  /** From one connection, with twice as many at once. Default 20. */
  readonly messagesPerSecond?: number
}

export interface WebSocketTransportOptions extends AdmissionOptions {
  /** The HTTP server whose upgrades it answers. */
  readonly server: Server
  /** Path of the endpoint. Upgrades of others get 404, unless something else listens for them. Default `/alerts`. */
  readonly path?: string
  /**
   * Origins whose pages may connect, such as `https://example.org`. A page of the server itself (`Origin` equal to
   * `Host`) and programs, which send no `Origin`, always may.
   */
  readonly allowedOrigins?: readonly string[]
  /**
   * Finds out who connects. It is asked with what the request tells, and if that is not enough, with the token of the
   * client's first message. Default: everyone may, and nobody has a name.
   */
  readonly authenticate?: Authenticate
  readonly limits?: WebSocketLimits
  /** Milliseconds between pings; a peer that has not answered by the next one is gone. Default 25,000. */
  readonly heartbeatMs?: number
  /** Milliseconds for authentication and the first message. Default 5,000. */
  readonly helloTimeoutMs?: number
  /** Milliseconds for the answer to a close. Default 2,000. */
  readonly closeTimeoutMs?: number
}

export interface WebSocketTransport {
  readonly connections: number
  /**
   * Takes no more connections, tells each to come back (`goaway`), and closes them with code 1012 (service restart).
   * @param options.drainMs Milliseconds over which many connections are spread. Default 5,000; few are closed at once.
   */
  close(options?: { readonly drainMs?: number }): Promise<void>
}

const maxPayload = 4096
/** On a listener for upgrades: the path it answers, and no other. */
const servedPath: unique symbol = Symbol.for('ruddle.servedPath')

/**
 * Answers `GET /alerts?min_red=0.8` upgraded to a WebSocket with every image redder than that, as it is recorded:
 * `{"type":"alert","seq":1,"cursor":"…","image":{"image_id":"a","timestamp":0,"client_id":"me","red":0.85}}`.
 * It needs `npm i ws`.
 *
 * @example
 * ```ts
 * import { once } from 'node:events'
 * import { createServer } from 'node:http'
 * import type { AddressInfo } from 'node:net'
 * import { memoryStore, RedStats } from 'ruddle/red-stats'
 * import { webSocketTransport } from 'ruddle/red-stats/websocket'
 * import { WebSocket } from 'ws'
 *
 * const stats = new RedStats({ store: memoryStore() })
 * const server = createServer().listen(0, '127.0.0.1')
 * await once(server, 'listening')
 * const transport = await webSocketTransport(stats, { server })
 * const { port } = server.address() as AddressInfo
 * const client = new WebSocket(`ws://127.0.0.1:${port}/alerts?min_red=0.8`)
 * await once(client, 'open')
 *
 * await stats.record({ imageId: 'a', timestamp: 0, clientId: 'me', red: 0.85 })
 * const [message] = await once(client, 'message')
 * JSON.parse(message).image // => { image_id: 'a', timestamp: 0, client_id: 'me', red: 0.85 }
 *
 * await transport.close()
 * await stats.close()
 * server.close()
 * ```
 */
export async function webSocketTransport(
  source: AlertSource,
  options: WebSocketTransportOptions,
): Promise<WebSocketTransport> {
  const { server, path = '/alerts', authenticate, limits = {}, now = Date.now } = options
  const { heartbeatMs = 25_000, helloTimeoutMs = 5000, closeTimeoutMs = 2000 } = options
  const { subscriptions = 100, messagesPerSecond = 20 } = limits
  for (const [name, value] of Object.entries({ heartbeatMs, helloTimeoutMs, closeTimeoutMs, ...limits })) {
    if (!(value > 0)) throw new RangeError(`Expected \`${name}\` to be above 0, got ${value}`)
  }
  const { WebSocketServer } = await loadPeer('ws', () => import('ws'))
  const webSockets = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false, // costs 7 times the CPU and 10 times the memory
    maxPayload,
    handleProtocols: (offered: Set<string>) => (offered.has(subprotocol) ? subprotocol : false),
  })
  const settings: SessionSettings = {
    subscriptions,
    messagesPerSecond,
    heartbeatMs,
    helloTimeoutMs,
    closeTimeoutMs,
    now,
  }
  const door = createDoor(options)
  const sessions = new Set<Session>()
  const heartbeat = createHeartbeat<Session>(heartbeatMs, (session) => session.beat())
  let closing: Promise<void> | undefined

  function onUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const url = addressOf(request)
    const isOurs = url?.pathname === path
    if (!isOurs && mayBeAnswered(url?.pathname)) return
    socket.on('error', () => socket.destroy()) // a reset while it waits is no reason to end the process
    if (!isOurs) return void refuse(socket, { status: 404, code: 'NOT_FOUND', message: `Alerts are at ${path}` })
    const admission = door.enter(request)
    if (isRefusal(admission)) {
      if (admission.status === 429) source.refused('rate_limited')
      refuse(socket, admission)
    } else {
      socket.once('close', admission.leave)
      admit(url, request, socket, head, admission).catch(() => {
        refuse(socket, { status: 503, code: 'UNAVAILABLE', message: 'Could not authenticate; try again later' })
      })
    }
  }

  /** By another listener; where all are transports like this one, the first of them answers what none serves. */
  function mayBeAnswered(pathname: string | undefined): boolean {
    const listeners = server.listeners('upgrade')
    if (listeners[0] !== onUpgrade) return true
    return listeners.some((listener) => !(servedPath in listener) || listener[servedPath] === pathname)
  }

  async function admit(
    url: URL,
    request: IncomingMessage,
    socket: Duplex,
    head: Buffer,
    admission: Admission,
  ): Promise<void> {
    let address: ReturnType<typeof parseAddress>
    try {
      address = parseAddress(url.searchParams)
    } catch (error) {
      if (!(error instanceof RedStatsError)) throw error
      return refuse(socket, { status: 400, code: error.code, message: error.message })
    }
    const token = bearerToken(request)
    const identity = await within(helloTimeoutMs, async () => authenticate?.({ token, request }))
    if (token !== undefined && authenticate !== undefined && identity === undefined) {
      source.refused('auth_failures')
      return refuse(socket, { status: 401, code: 'UNAUTHORIZED', message: 'Unknown token' })
    }
    if (socket.destroyed || closing !== undefined) return void socket.destroy()
    webSockets.handleUpgrade(request, socket, head, (webSocket: WebSocketLike) => {
      const session = serveSession({
        source,
        webSocket,
        socket,
        request,
        admission,
        identity,
        authenticate,
        address,
        settings,
        onEnd: () => {
          sessions.delete(session)
          heartbeat.delete(session)
        },
      })
      sessions.add(session)
      heartbeat.add(session)
    })
  }

  async function close(drainMs: number): Promise<void> {
    server.off('upgrade', onUpgrade)
    source.drain()
    await setImmediate() // what is recorded by now reaches the hub, and is flushed before each goodbye
    await drain([...sessions], { drainMs })
    heartbeat.close()
    webSockets.close()
  }

  server.on('upgrade', Object.assign(onUpgrade, { [servedPath]: path }))
  return {
    get connections() {
      return sessions.size
    },
    close: ({ drainMs = 5000 } = {}) => {
      closing ??= close(drainMs)
      return closing
    },
  }
}

function addressOf({ url = '/' }: IncomingMessage): URL | undefined {
  return URL.canParse(url, 'http://localhost') ? new URL(url, 'http://localhost') : undefined
}

function refuse(socket: Duplex, refusal: Refusal): void {
  const body = refusalText(refusal)
  const headers = Object.entries({
    Connection: 'close',
    'Content-Type': 'application/json',
    'Content-Length': Buffer.byteLength(body),
    ...refusalHeaders(refusal),
  }).map(([name, value]) => `${name}: ${value}\r\n`)
  socket.once('finish', () => socket.destroy())
  socket.end(`HTTP/1.1 ${refusal.status} ${STATUS_CODES[refusal.status]}\r\n${headers.join('')}\r\n${body}`)
}
