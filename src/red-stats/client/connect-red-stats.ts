import { createBackoff } from './backoff.ts'
import { RedStatsClientError } from './errors.ts'
import { watchLife } from './liveness.ts'
import { createMessageQueue } from './message-queue.ts'
import { type AlertMessage, type GapMessage, readMessage, type ServerMessage } from './messages.ts'
import { addressOf, type ConnectionState, type ConnectOptions, wireSubscriptions } from './options.ts'
import { globalWebSocket, type WebSocketLike } from './web-socket.ts'

export interface RedStatsConnection extends AsyncIterable<AlertMessage | GapMessage> {
  readonly state: ConnectionState
  /** Place of the newest message that was taken from the iterator: give it as `since` to go on in another process. */
  readonly cursor: string | undefined
  /** Tries again now, for example when the network is back; a browser's `online` event does it by itself. */
  reconnect(): void
  close(): void
  [Symbol.asyncIterator](): AsyncIterator<AlertMessage | GapMessage, undefined>
}

/** Messages that wait for the loop; with more the connection is closed, and goes on where it was when they are taken. */
const maxWaiting = 10_000

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
  let state: ConnectionState = 'connecting'
  let received = options.since // place of the newest message from the server
  let taken = options.since
  let connectionId: string | undefined
  let socket: WebSocketLike | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  let full = false

  function setState(next: ConnectionState): void {
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
    const life = watchLife(current, backoff.reset)
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

function refusalOf({ code, message }: { code: string; message: string }): RedStatsClientError {
  const known = code === 'FORBIDDEN' || code === 'LIMIT' ? code : 'INVALID'
  return new RedStatsClientError(known, message)
}

/** A browser tells when the network is back; Node does not. */
function online(act: 'addEventListener' | 'removeEventListener', listener: () => void): void {
  const page = globalThis as Partial<Record<typeof act, (name: string, listener: () => void) => void>>
  page[act]?.('online', listener)
}
