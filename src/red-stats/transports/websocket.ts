/**
 * Serves the alerts of a {@link RedStats} over WebSocket.
 * @module
 */
import type { IncomingMessage, Server } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Alert, Subscription } from '../alert-hub.ts'
import { RedStatsError } from '../errors.ts'
import { parseRed, toWire } from '../event.ts'
import { loadPeer } from '../missing-peer.ts'

/** The part of `RedStats` that a transport needs. */
export interface AlertSource {
  subscribe(options: { minRed: number }, listener: (alert: Alert) => void): Subscription
}

export interface WebSocketTransportOptions {
  /** The HTTP server whose upgrades it answers. */
  readonly server: Server
  /** Path of the endpoint; upgrades of other paths are left alone. Default `/alerts`. */
  readonly path?: string
  /**
   * Origins whose pages may connect, such as `https://example.org`. A page of the server itself (`Origin` equal to
   * `Host`) and programs, which send no `Origin`, always may.
   */
  readonly allowedOrigins?: readonly string[]
  /** Connections at the same time. Default 10,000. */
  readonly maxConnections?: number
}

export interface WebSocketTransport {
  readonly connections: number
  /** Closes every connection with code 1012 (service restart), and takes no more. */
  close(): Promise<void>
}

/** The part of `ws` that is used. */
interface Socket {
  readonly bufferedAmount: number
  send(text: string): void
  ping(): void
  close(code: number, reason: string): void
  terminate(): void
  on(name: string, listener: () => void): unknown
}

const maxPayload = 4096
const heartbeatMs = 25_000
/** A reader this far behind is cut off with code 4008: what waits for it would fill the memory. */
const maxUnsentBytes = 1_048_576

/**
 * Answers `GET /alerts?min_red=0.8` upgraded to a WebSocket with every image redder than that, as it is recorded:
 * `{"type":"alert","seq":1,"cursor":"…","image":{"image_id":"a","timestamp":0,"client_id":"me","red":0.85}}`.
 * It needs `npm i ws`.
 *
 * @example
 * ```ts
 * import { once } from 'node:events'
 * import { createServer } from 'node:http'
 * import { memoryStore, RedStats } from 'ruddle/red-stats'
 * import { webSocketTransport } from 'ruddle/red-stats/websocket'
 * import { WebSocket } from 'ws'
 *
 * const stats = new RedStats({ store: memoryStore() })
 * const server = createServer().listen(0, '127.0.0.1')
 * const transport = await webSocketTransport(stats, { server })
 * const client = new WebSocket(`ws://127.0.0.1:${server.address().port}/alerts?min_red=0.8`)
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
  const { server, path = '/alerts', allowedOrigins = [], maxConnections = 10_000 } = options
  const { WebSocketServer } = await loadPeer('ws', () => import('ws'))
  const webSockets = new WebSocketServer({ noServer: true, perMessageDeflate: false, maxPayload })
  const alive = new Map<Socket, boolean>()
  const heartbeat = setInterval(beat, heartbeatMs).unref()

  function onUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const url = new URL(request.url ?? '/', 'http://localhost')
    if (url.pathname !== path) return
    if (!isAllowedOrigin(request, allowedOrigins)) {
      refuse(socket, 403, 'FORBIDDEN', `Pages of ${request.headers.origin} may not connect`)
    } else if (alive.size >= maxConnections) {
      refuse(socket, 503, 'BUSY', `${maxConnections} connections are open; try again later`)
    } else {
      const minRed = parseMinRed(url.searchParams.get('min_red'))
      if (minRed instanceof RedStatsError) refuse(socket, 400, minRed.code, minRed.message)
      else webSockets.handleUpgrade(request, socket, head, (connection) => serve(connection, minRed))
    }
  }

  function serve(connection: Socket, minRed: number): void {
    alive.set(connection, true)
    const subscription = source.subscribe({ minRed }, (alert) => {
      if (connection.bufferedAmount > maxUnsentBytes) {
        subscription.close()
        connection.close(4008, 'slow')
        connection.terminate() // a close frame would wait behind what is unsent
      } else {
        connection.send(frameOf(alert))
      }
    })
    connection.on('close', () => {
      subscription.close()
      alive.delete(connection)
    })
    connection.on('pong', () => alive.set(connection, true))
    connection.on('error', () => connection.terminate())
    connection.on('message', () => connection.close(4400, 'This endpoint takes no messages'))
  }

  function beat(): void {
    for (const [connection, answered] of alive) {
      if (!answered) {
        connection.terminate()
        continue
      }
      alive.set(connection, false)
      connection.ping()
    }
  }

  server.on('upgrade', onUpgrade)
  return {
    get connections() {
      return alive.size
    },
    close: async () => {
      server.off('upgrade', onUpgrade)
      clearInterval(heartbeat)
      const closed = [...alive.keys()].map((connection) => closeOrTerminate(connection))
      await Promise.all(closed)
      webSockets.close()
    },
  }
}

/** Every connection is sent the same text of an alert, so it is made once. */
const frames = new WeakMap<Alert, string>()

function frameOf(alert: Alert): string {
  const known = frames.get(alert)
  if (known !== undefined) return known
  const { seq, cursor, event } = alert
  const frame = JSON.stringify({ type: 'alert', seq, cursor, image: toWire(event) })
  frames.set(alert, frame)
  return frame
}

function closeOrTerminate(connection: Socket): Promise<void> {
  return new Promise((resolve) => {
    const impatient = setTimeout(() => connection.terminate(), 1000)
    connection.on('close', () => {
      clearTimeout(impatient)
      resolve()
    })
    connection.close(1012, 'The server is stopping')
  })
}

function parseMinRed(text: string | null): number | RedStatsError {
  try {
    return parseRed('min_red', text === null || text.trim() === '' ? text : Number(text))
  } catch (error) {
    if (error instanceof RedStatsError) return error
    throw error
  }
}

function isAllowedOrigin({ headers: { origin, host } }: IncomingMessage, allowed: readonly string[]): boolean {
  if (origin === undefined || allowed.includes(origin)) return true
  return URL.canParse(origin) && new URL(origin).host === host
}

function refuse(socket: Duplex, status: number, code: string, message: string): void {
  const body = JSON.stringify({ error: { code, message } })
  socket.end(
    `HTTP/1.1 ${status} ${code}\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  )
}
