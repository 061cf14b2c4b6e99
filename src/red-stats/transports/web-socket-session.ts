import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import type { StreamItem } from '../alert-hub/event-ring.ts'
import type { AlertConnection, AlertSource, SubscriptionRequest } from '../alert-source.ts'
import { RedStatsError } from '../errors.ts'
import type { Cursor } from '../notifier.ts'
import { type Admission, type Authenticate, grantScope, type Identity } from './admission.ts'
import type { Leaving } from './drain.ts'
import { whenReached } from './expiry.ts'
import {
  type AddressSubscription,
  type ClientMessage,
  closeCodes,
  errorMessage,
  itemText,
  parseMessage,
  subscribedMessage,
  type WireSubscription,
} from './protocol.ts'
import { createStreamWriter } from './stream-writer.ts'
import { createTokenBucket } from './token-bucket.ts'
import { textFrame } from './web-socket-frame.ts'
import { within } from './within.ts'

/** The part of a `ws` connection that is used. */
export interface WebSocketLike {
  ping(): void
  close(code: number, reason: string): void
  terminate(): void
  on(name: 'message', listener: (data: Buffer, isBinary: boolean) => void): unknown
  on(name: 'close' | 'error' | 'pong' | 'ping', listener: () => void): unknown
}

export interface SessionOptions {
  readonly source: AlertSource
  readonly webSocket: WebSocketLike
  /** The TCP or TLS socket below: prepared frames are written to it. */
  readonly socket: Duplex
  readonly request: IncomingMessage
  readonly admission: Admission
  /** Who this is, when the request told; else the first message has to. */
  readonly identity: Identity | undefined
  readonly authenticate: Authenticate | undefined
  /** The subscription of the address. */
  readonly address: AddressSubscription | undefined
  readonly settings: SessionSettings
  readonly onEnd: () => void
}

export interface SessionSettings {
  readonly subscriptions: number
  readonly messagesPerSecond: number
  readonly heartbeatMs: number
  readonly helloTimeoutMs: number
  /** How long a peer may take to answer a close before it is cut off. */
  readonly closeTimeoutMs: number
  readonly now: () => number
}

export interface Session extends Leaving {
  /** Once in a heartbeat: pings, and ends a connection that did not answer the last one. */
  beat(): void
}

const encode = (item: StreamItem, ids?: readonly string[]): Buffer => textFrame(itemText(item, ids))

/** Speaks `redstats.v1` with one client; see docs/protocol.md. */
export function serveSession(options: SessionOptions): Session {
  const { source, webSocket, socket, request, admission, authenticate, address, settings, onEnd } = options
  const { now } = settings
  const writer = createStreamWriter(socket, () => connection?.ready())
  const messages = createTokenBucket({
    perSecond: settings.messagesPerSecond,
    burst: settings.messagesPerSecond * 2,
    now,
  })
  const ended = new Promise<void>((resolve) => webSocket.on('close', resolve))
  const ids = new Set<string>()
  let identity: Identity = { clientId: '' }
  let connection: AlertConnection | undefined
  let answered = true
  let closing = false
  let greeted = false
  let forgetExpiry = () => {}
  let work: Promise<void> = Promise.resolve() // messages are handled one after the other
  const patience = setTimeout(() => end(closeCodes.helloTimeout, 'Expected a hello'), settings.helloTimeoutMs).unref()

  webSocket.on('message', (data, isBinary) => {
    if (!allow()) return
    if (isBinary) end(closeCodes.badMessage, 'Expected text')
    else enqueue(() => handle(data.toString()))
  })
  webSocket.on('ping', allow)
  webSocket.on('pong', () => {
    answered = true
  })
  webSocket.on('error', () => end(closeCodes.badMessage, 'Broken frame')) // `ws` has sent its own close code by now
  webSocket.on('close', () => {
    closing = true
    stop()
    admission.leave()
    onEnd()
  })
  if (options.identity !== undefined) enqueue(() => begin(options.identity!))
  else if (authenticate === undefined && address !== undefined) enqueue(() => begin({ clientId: '' }))

  function enqueue(task: () => Promise<void>): void {
    work = work.then(async () => {
      if (!closing) await task()
    })
    work.catch(() => end(closeCodes.failed, 'The server failed'))
    work = work.catch(() => {})
  }

  function allow(): boolean {
    if (closing) return false
    if (messages.take()) return true
    source.refused('rate_limited')
    end(closeCodes.tooMany, 'Too many messages')
    return false
  }

  async function handle(text: string): Promise<void> {
    const message = read(text)
    if (message === undefined) return
    if (message.type === 'ping') return send({ type: 'pong', ...(message.t === undefined ? {} : { t: message.t }) })
    if (message.type === 'hello') return hello(message)
    if (connection === undefined) return end(closeCodes.badMessage, 'Expected a hello first')
    if (message.type === 'unsubscribe') return unsubscribe(message.id)
    if (message.type === 'invalid') return send(errorMessage(message.error, message.id))
    return subscribe([message.subscription], message.since)
  }

  function read(text: string): ClientMessage | undefined {
    try {
      return parseMessage(text)
    } catch (error) {
      if (!(error instanceof RedStatsError)) throw error
      send(errorMessage(error))
      end(closeCodes.badMessage, error.field === undefined ? 'Not a message' : `Bad ${error.field}`)
      return undefined
    }
  }

  async function hello(message: ClientMessage & { type: 'hello' }): Promise<void> {
    if (greeted) return end(closeCodes.badMessage, 'A second hello')
    greeted = true
    if (connection === undefined) {
      const found = await identify(message.token)
      if (found === undefined) return
      await begin(found, message.connectionId)
    }
    if (connection === undefined || closing) return
    await subscribe(message.subscriptions, message.resume)
  }

  async function identify(token: string | undefined): Promise<Identity | undefined> {
    if (authenticate === undefined) return { clientId: '' }
    try {
      const found = await within(settings.helloTimeoutMs, async () => authenticate({ token, request }))
      if (found !== undefined) return found
      source.refused('auth_failures')
      end(closeCodes.unauthorized, 'Unknown token')
    } catch {
      end(closeCodes.failed, 'Could not authenticate')
    }
    return undefined
  }

  async function begin(found: Identity, previousId?: string): Promise<void> {
    clearTimeout(patience)
    if (closing) return
    if (authenticate !== undefined && !admission.identify(found.clientId)) {
      source.refused('rate_limited')
      return end(closeCodes.tooMany, 'Too many connections of this client')
    }
    identity = found
    if (found.expiresAt !== undefined) {
      forgetExpiry = whenReached(found.expiresAt, now, () => end(closeCodes.forbidden, 'The token has expired'))
      if (closing) return
    }
    const client = { clientId: found.clientId, previousId, encode, write: writer.write, slow, unsent: writer.unsent }
    const begun = await source.connect(client)
    if (closing) return begun.close()
    connection = begun
    if (greeted) welcome(begun)
    if (address !== undefined) await subscribe([address], address.since, address.since === undefined)
  }

  function welcome({ id, cursor }: AlertConnection): void {
    const { subscriptions, messagesPerSecond, heartbeatMs } = settings
    const limits = { subscriptions, messages_per_second: messagesPerSecond, message_bytes: 4096 }
    send({ type: 'welcome', connection_id: id, cursor, ping_ms: heartbeatMs, limits })
  }

  /** All of them begin at the same place; what cannot be granted is answered by an error of its own. */
  async function subscribe(asked: readonly WireSubscription[], since?: Cursor, silently = false): Promise<void> {
    const granted = asked.map(grant).filter((request) => request !== undefined)
    if (connection === undefined || closing || granted.length === 0) return
    try {
      const begun = await connection.subscribe(granted, since)
      if (!silently) for (const [at, how] of begun.entries()) send(subscribedMessage(how, granted[at]!.id))
    } catch (error) {
      for (const { id } of granted) {
        ids.delete(id)
        send(errorMessage(error, id))
      }
    }
  }

  function grant({ id, minRed, scope }: WireSubscription): SubscriptionRequest | undefined {
    const refuse = (code: string, message: string) => {
      send({ type: 'error', code, message, retryable: false, id })
      return undefined
    }
    if (ids.has(id)) end(closeCodes.duplicateId, 'Two subscriptions with one id')
    if (closing) return undefined
    if (ids.size >= settings.subscriptions) return refuse('LIMIT', `At most ${settings.subscriptions} subscriptions`)
    const granted = grantScope(identity, scope)
    if (granted === undefined) return refuse('FORBIDDEN', 'This client may not see these images')
    ids.add(id)
    return { id, minRed, scope: granted }
  }

  function unsubscribe(id: string): void {
    if (connection?.unsubscribe(id)) {
      ids.delete(id)
      send({ type: 'unsubscribed', id })
    } else send({ type: 'error', code: 'INVALID', message: 'No such subscription', retryable: false, id })
  }

  function send(message: object): void {
    if (!writer.answer(textFrame(JSON.stringify(message)))) webSocket.terminate()
  }

  function slow(): void {
    end(closeCodes.slow, 'Too slow')
  }

  /** Says why, and cuts the connection off if the peer does not answer. */
  function end(code: number, reason: string): void {
    if (closing) return
    closing = true
    stop()
    webSocket.close(code, reason)
    const impatience = setTimeout(() => webSocket.terminate(), settings.closeTimeoutMs)
    void ended.then(() => clearTimeout(impatience))
  }

  function stop(): void {
    clearTimeout(patience)
    forgetExpiry()
    writer.stop()
    connection?.close()
  }

  return {
    beat: () => {
      if (answered) webSocket.ping()
      else webSocket.terminate()
      answered = false
    },
    goAway: (retryAfterMs) => send({ type: 'goaway', retry_after_ms: retryAfterMs }),
    close: () => {
      connection?.flush()
      end(closeCodes.restart, 'The server is stopping')
      return ended
    },
  }
}
