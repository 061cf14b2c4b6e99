import { connect as connectPlain, isIP, type Socket } from 'node:net'
import { type ConnectionOptions, connect as connectSecure } from 'node:tls'
import { type Answer, answerParser } from './answer-parser.ts'
import { connectionEnded, inPhase, UploadError } from './errors.ts'
import type { Wire, WireEvents } from './exchange.ts'
import type { UploadRequest } from './transport.ts'
import { watchWrites } from './watch-writes.ts'

/** A connection to a server, for one request after the other. */
export interface Connection {
  /** Begins an exchange. */
  open(request: UploadRequest, events: WireEvents): Wire
  /** Whether it can be used again now. */
  isUsable(): boolean
  destroy(): void
}

export interface ConnectionEvents {
  /** An exchange has ended and left the connection usable. */
  onFree(connection: Connection): void
  onClose(connection: Connection): void
}

/** A server that announces when it will close an idle connection may do so while a request is on its way. */
const MARGIN_MS = 1_000

/** Opens a connection that speaks no more HTTP/1.1 than an upload needs. */
export function connection(url: URL, ca: string | Buffer | undefined, owner: ConnectionEvents): Connection {
  const secure = url.protocol === 'https:'
  const socket = connect(url, secure, ca, onRead)
  const writes = watchWrites(socket)
  let current: WireEvents | undefined
  const parser = answerParser()
  let connected = false
  let isReused = false
  let idleWatched = false
  let bytesBefore = 0
  let lastUrl: URL | undefined
  let start = ''
  /** What is still to be sent before the next bytes of a body. */
  let head = ''
  let announced = false
  let answered = false
  let reusable = false
  let expiresAt = Number.POSITIVE_INFINITY

  socket.once(secure ? 'secureConnect' : 'connect', () => {
    connected = true
    current?.onConnected()
  })
  socket.on('timeout', () => current?.onIdle())
  socket.on('end', onEnd)
  socket.on('error', (error) => current?.onError(error))
  socket.on('close', () => {
    owner.onClose(self)
    onEnd()
  })

  function onRead(bytes: Buffer): void {
    // nobody has asked: whatever this is, the connection is of no further use
    if (!current) socket.destroy()
    else read(() => parser.take(bytes))
  }

  function onEnd(): void {
    if (!current) return
    read(() => parser.end())
    if (announced && !answered) {
      current?.onAnswer(
        new UploadError('ANSWER_TRUNCATED', 'The connection ended within the answer', { phase: 'answer' }),
      )
    } else current?.onError(connectionEnded())
  }

  function read(next: () => Answer | undefined): void {
    try {
      const answer = next()
      if (!announced && parser.status() > 0) {
        announced = true
        current?.onAnswering(parser.status())
      }
      if (!answer) return
      answered = true
      const { keepAlive, keepAliveSeconds, ...response } = answer
      reusable = keepAlive
      if (keepAliveSeconds !== undefined) expiresAt = performance.now() + keepAliveSeconds * 1000 - MARGIN_MS
      current?.onAnswer(response)
    } catch (error) {
      current?.onAnswer(inPhase(error, 'answer'))
    }
  }

  function send(body: Uint8Array, taken: () => void): void {
    if (head === '') {
      socket.write(body, taken)
      return
    }
    socket.cork()
    socket.write(head, 'latin1')
    socket.write(body, taken)
    socket.uncork()
    head = ''
  }

  /** The same for every exchange: a new one for each request left 0.7 KB of garbage behind. */
  const wire: Wire = {
    get connected() {
      return connected
    },
    sendWhole(body) {
      send(body, onFlushed)
      return socket.writableLength === 0
    },
    sendPart: send,
    end: onFlushed,
    watchIdle(ms) {
      idleWatched = true
      socket.setTimeout(ms)
    },
    writeFailure: () => writes.failure,
    isStale: () => isReused && socket.bytesRead === bytesBefore,
    release(keep) {
      current = undefined
      writes.onFailure = undefined
      if (idleWatched) socket.setTimeout(0)
      idleWatched = false
      isReused = true
      if (keep && reusable) owner.onFree(self)
      else socket.destroy()
    },
  }

  function onFlushed(): void {
    current?.onFlushed()
  }

  const self: Connection = {
    open(request, events) {
      if (request.url !== lastUrl) {
        lastUrl = request.url
        start = startOf(request.url)
      }
      head = headOf(start, request)
      bytesBefore = socket.bytesRead
      current = events
      parser.begin()
      announced = answered = reusable = false
      writes.onFailure = events.onWriteFailure
      return wire
    },
    isUsable: () => !socket.destroyed && performance.now() < expiresAt,
    destroy: () => void socket.destroy(),
  }
  return self
}

function connect(url: URL, secure: boolean, ca: string | Buffer | undefined, onRead: (bytes: Buffer) => void): Socket {
  const host = url.hostname.replace(/^\[|\]$/g, '')
  const port = Number(url.port) || (secure ? 443 : 80)
  const onread = {
    // one buffer for all answers, and no stream in between
    buffer: Buffer.allocUnsafeSlow(16 * 1024),
    callback(length: number, buffer: Uint8Array) {
      onRead(Buffer.from(buffer.buffer, buffer.byteOffset, length))
      return true
    },
  }
  if (!secure) return connectPlain({ host, port, onread, noDelay: true })
  const name = isIP(host) === 0 ? { servername: host } : {}
  const trust = ca === undefined ? {} : { ca }
  // the types of Node 20 do not know that tls.connect takes `onread`, too
  const options: ConnectionOptions & { onread: object } = {
    host,
    port,
    onread,
    ALPNProtocols: ['http/1.1'],
    ...trust,
    ...name,
  }
  return connectSecure(options).setNoDelay(true)
}

function startOf({ pathname, search, host }: URL): string {
  return `POST ${pathname}${search} HTTP/1.1\r\nHost: ${host}\r\nConnection: keep-alive\r\n`
}

/** Names and values were checked with the options: none holds a line break. */
function headOf(start: string, { headers, contentLength }: UploadRequest): string {
  let head = start
  for (const name of Object.keys(headers)) head += `${name}: ${headers[name]}\r\n`
  return `${head}Content-Length: ${contentLength}\r\n\r\n`
}
