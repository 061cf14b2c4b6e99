import { createBackoff } from './backoff.ts'
import { RedStatsClientError } from './errors.ts'
import { createMessageQueue } from './message-queue.ts'
import { type AlertMessage, type GapMessage, readMessage, type ServerMessage } from './messages.ts'
import { globalWebSocket, type WebSocketConstructor, type WebSocketLike } from './web-socket.ts'

/** A subscription: to images with more red than `minRed`. */
export interface Watch {
  /** Named in alerts when there are several. Default: its place in the list. */
  readonly id?: string
  /** From 0 to 1. */
  readonly minRed: number
  /** Images of everyone, or only those this client sent. Default: what the server allows. */
  readonly scope?: 'all' | 'own'
}

export interface ConnectOptions {
  /** Alerts on images with more red than this, from 0 to 1. */
  readonly minRed?: number
  /** Several subscriptions, instead of `minRed`. */
  readonly subscriptions?: readonly Watch[]
  /** Who this is; a function is asked before each connection, so that it can give a fresh one. */
  readonly token?: string | (() => string | Promise<string>)
  /** Begin after this place (the `cursor` of an alert) instead of now. */
  readonly since?: string
  /** The constructor to use where there is no global one (Node 20): `WebSocket` of `ws`. */
  readonly WebSocket?: WebSocketConstructor
  /** Ends the connection, as `close()` does. */
  readonly signal?: AbortSignal
  /** Told of `connecting`, `open`, `waiting` (to try again) and `closed`. */
  readonly onState?: (state: RedStatsConnection['state']) => void
  /** A number from 0 to 1. Default `Math.random`. */
  readonly random?: () => number
}

export interface RedStatsConnection extends AsyncIterable<AlertMessage | GapMessage> {
  readonly state: 'connecting' | 'open' | 'waiting' | 'closed'
  /** Place of the newest message that was taken from the iterator: give it as `since` to go on in another process. */
  readonly cursor: string | undefined
  /** Tries again now, for example when the network is back; a browser's `online` event does it by itself. */
  reconnect(): void
  close(): void
  [Symbol.asyncIterator](): AsyncIterator<AlertMessage | GapMessage, undefined>
}

/** Messages that wait for the loop; with more the connection is closed, and goes on where it was when they are taken. */
const maxWaiting = 10_000
/** A connection that lasted this long was a good one: the next attempt does not wait for the earlier failures. */
const stableMs = 10_000

/** Close codes after which trying again does not help. */
const final: Readonly<Record<number, RedStatsClientError['code']>> = {
  1002: 'INVALID',
  1007: 'INVALID',
  1009: 'LIMIT', // of the subscriptions, told in one message
  4400: 'INVALID',
  4401: 'UNAUTHORIZED',
  4403: 'FORBIDDEN',
  4409: 'INVALID',
}

/**
 * Connects to the alerts of a RED_STATS server, and again when the connection is lost, until it is closed.
 *
 * @param url `ws:` or `wss:`; without a path, `/alerts`.
 * @throws TypeError, RangeError for wrong options; the iterator throws {@link RedStatsClientError}
 * @example
 * ```ts
 * import { connectRedStats } from 'ruddle/red-stats/client'
 * import { WebSocket } from 'ws'
 *
 * const alerts = connectRedStats('ws://localhost:4000', { minRed: 0.8, WebSocket })
 * setTimeout(() => alerts.close(), 100)
 * for await (const message of alerts) {
 *   if (message.type === 'gap') console.log('missed something')
 *   else console.log(message.image.image_id, message.image.red)
 * }
 * alerts.state // => 'closed'
 * ```
 */
export function connectRedStats(url: string, options: ConnectOptions): RedStatsConnection {
  const { token, signal, onState = () => {}, random = Math.random } = options
  const WebSocket = options.WebSocket ?? globalWebSocket()
  const subscriptions = wireSubscriptions(options)
  const address = addressOf(url)
  const queue = createMessageQueue<AlertMessage | GapMessage>()
  const backoff = createBackoff(random)
  let state: RedStatsConnection['state'] = 'connecting'
  let received = options.since // place of the newest message from the server
  let taken = options.since
  let connectionId: string | undefined
  let socket: WebSocketLike | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  let full = false

  function setState(next: RedStatsConnection['state']): void {
    if (state === next) return
    state = next
    onState(next)
  }

  async function connect(): Promise<void> {
    clearTimeout(timer)
    setState('connecting')
    let secret: string | undefined
    try {
      secret = typeof token === 'function' ? await token() : token
    } catch {
      return retry(backoff.next())
    }
    if (isClosed()) return
    const current = new WebSocket(address, 'redstats.v1')
    socket = current
    const life = watchLife(current)
    let retryAfterMs: number | undefined
    let refusal: RedStatsClientError | undefined
    current.onopen = () => {
      const hello = { type: 'hello', token: secret, connection_id: connectionId, resume: received, subscriptions }
      current.send(JSON.stringify(hello))
    }
    current.onmessage = ({ data }: { data: unknown }) => {
      life.heard()
      const message = readMessage(data)
      if (message === undefined || socket !== current) return
      if (message.type === 'welcome') life.welcomed(message.ping_ms)
      else if (message.type === 'goaway') retryAfterMs = message.retry_after_ms
      else if (message.type === 'error' && !message.retryable) refusal = refusalOf(message)
      if (refusal !== undefined) current.close(1000)
      receive(message)
    }
    current.onerror = () => {} // the close that follows says the same
    current.onclose = ({ code }: { code: number }) => {
      life.over()
      if (socket !== current || isClosed()) return
      socket = undefined
      const verdict = refusal?.code ?? final[code]
      const fresh = code === 4403 && typeof token === 'function' // an expired token, and the next one may do
      if (verdict !== undefined && !fresh) {
        return finish(refusal ?? new RedStatsClientError(verdict, `The server closed the connection with ${code}`))
      }
      if (full) setState('waiting')
      else retry(Math.max(backoff.next(), retryAfterMs ?? 0))
    }
  }

  function receive(message: ServerMessage): void {
    if (message.type === 'welcome') {
      connectionId = message.connection_id
      received ??= message.cursor
      setState('open')
    } else if (message.type === 'subscribed' && message.gap !== undefined) {
      keep(message.gap, message.gap.to)
    } else if (message.type === 'alert') keep(message, message.cursor)
    else if (message.type === 'gap') keep(message, message.to)
  }

  function keep(message: AlertMessage | GapMessage, cursor: string): void {
    if (full) return // closed already; it comes again
    received = cursor
    queue.push(message)
    if (queue.size < maxWaiting) return
    full = true
    socket?.close(1000)
  }

  /** Half-open connections say nothing: a server that is silent for two pings is taken for gone. */
  function watchLife(current: WebSocketLike): { heard(): void; welcomed(pingMs: number): void; over(): void } {
    const opened = setTimeout(backoff.reset, stableMs)
    let pinging: ReturnType<typeof setInterval> | undefined
    let silent = 0
    return {
      heard: () => {
        silent = 0
      },
      welcomed: (pingMs) => {
        clearInterval(pinging)
        pinging = setInterval(() => {
          if (++silent > 2) abandon(current)
          else current.send('{"type":"ping"}')
        }, pingMs)
      },
      over: () => {
        clearTimeout(opened)
        clearInterval(pinging)
      },
    }
  }

  /** A close would wait for an answer that does not come. */
  function abandon(current: WebSocketLike): void {
    current.onclose?.({ code: 1006 } as never)
    current.onclose = null
    current.close()
  }

  function retry(ms: number): void {
    setState('waiting')
    clearTimeout(timer)
    timer = setTimeout(connect, ms)
  }

  function reconnect(): void {
    backoff.reset()
    if (state === 'waiting' && !full) void connect()
  }

  function isClosed(): boolean {
    return state === 'closed'
  }

  function finish(error?: RedStatsClientError): void {
    if (isClosed()) return
    setState('closed')
    clearTimeout(timer)
    signal?.removeEventListener('abort', close)
    online('removeEventListener', reconnect)
    queue.end(error)
    socket?.close(1000)
  }

  function close(): void {
    finish()
  }

  async function next(): Promise<IteratorResult<AlertMessage | GapMessage, undefined>> {
    const message = await queue.take()
    if (message === undefined) return { done: true, value: undefined }
    taken = message.type === 'alert' ? message.cursor : message.to
    if (full && queue.size === 0) {
      full = false
      if (state === 'waiting') void connect()
    }
    return { done: false, value: message }
  }

  signal?.addEventListener('abort', close, { once: true })
  online('addEventListener', reconnect)
  if (signal?.aborted) close()
  else void connect()
  return {
    get state() {
      return state
    },
    get cursor() {
      return taken
    },
    reconnect,
    close,
    [Symbol.asyncIterator]: () => ({
      next,
      return: async () => {
        close()
        return { done: true, value: undefined }
      },
    }),
  }
}

function wireSubscriptions({ minRed, subscriptions }: ConnectOptions): object[] {
  if ((minRed === undefined) === (subscriptions === undefined)) {
    throw new TypeError('Expected one of `minRed` and `subscriptions`')
  }
  const list = subscriptions ?? [{ minRed: minRed! }]
  if (list.length === 0) throw new RangeError('Expected `subscriptions` to hold one at least')
  return list.map(({ id, minRed, scope }, index) => {
    if (!(minRed >= 0 && minRed <= 1))
      throw new RangeError(`Expected \`minRed\` to be a number from 0 to 1, got ${minRed}`)
    return { id: id ?? String(index), min_red: minRed, scope }
  })
}

function addressOf(url: string): string {
  const address = new URL(url)
  if (address.pathname === '/') address.pathname = '/alerts'
  return address.href
}

function refusalOf({ code, message }: { code: string; message: string }): RedStatsClientError {
  const known = code === 'FORBIDDEN' || code === 'LIMIT' ? code : 'INVALID'
  return new RedStatsClientError(known, message)
}

/** A browser tells when the network is back; Node does not. */
function online(act: 'addEventListener' | 'removeEventListener', listener: () => void): void {
  const page = globalThis as Partial<Record<typeof act, (name: string, listener: () => void) => void>>
  page[act]?.('online', listener)
}
