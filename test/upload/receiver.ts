import { createHash } from 'node:crypto'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { createServer as createSecureServer, TLSSocket } from 'node:tls'

/** A file that a receiver has taken whole. */
export interface Received {
  readonly name: string
  readonly type: string
  readonly size: number
  readonly hash: string
  readonly key: string | undefined
}

/** A request, as soon as the name of its file is known. */
export interface Incoming {
  /** From 0. */
  readonly index: number
  readonly name: string
  /** How often a file of this name has come, from 1. */
  readonly attempt: number
  readonly head: string
  readonly socket: Socket
}

/** What a receiver does instead of taking the file and answering 201. */
export interface Fault {
  /** `at once`: nothing more is read unless `act` reads; `whole`: after the last byte. */
  readonly when: 'at once' | 'whole'
  act(socket: Socket): void
  /** Whether the file counts as taken all the same. */
  readonly keeps?: boolean
}

export interface Receiver extends AsyncDisposable {
  readonly url: string
  readonly received: Received[]
  readonly requests: Incoming[]
  connections: number
  /** Reads on wherever it had stopped, so that it notices which clients have gone. */
  noticeEnds(): void
}

export interface ReceiverOptions {
  readonly fault?: (incoming: Incoming) => Fault | undefined
  readonly onConnection?: (socket: Socket, index: number) => void
  readonly answer?: string
  readonly tls?: { key: string; cert: string }
}

export const CREATED = 'HTTP/1.1 201 Created\r\nContent-Length: 12\r\n\r\n{"id":"abc"}'

/** A server made of plain sockets, so that it can misbehave in every way, byte by byte. */
export async function receiver({
  fault,
  onConnection,
  answer = CREATED,
  tls,
}: ReceiverOptions = {}): Promise<Receiver> {
  const sockets = new Set<Socket>()
  const received: Received[] = []
  const requests: Incoming[] = []
  const self = { url: '', received, requests, connections: 0, noticeEnds, [Symbol.asyncDispose]: dispose }

  function onSocket(socket: Socket): void {
    socket.on('error', () => socket.destroy())
    const index = self.connections++
    onConnection?.(socket, index)
    if (!socket.destroyed) serve(socket)
  }

  function serve(socket: Socket): void {
    let data = Buffer.alloc(0)
    let more: Buffer[] = []
    let size = 0
    let current: { incoming: Incoming; fault: Fault | undefined; length: number; bodyAt: number } | undefined
    let deaf = false
    socket.on('data', (chunk: Buffer) => {
      if (deaf) return
      more.push(chunk)
      size += chunk.length
      if (current && size < current.bodyAt + current.length) return
      data = Buffer.concat([data, ...more])
      more = []
      for (;;) {
        if (!current) {
          const bodyAt = data.indexOf('\r\n\r\n') + 4
          const nameEnd = bodyAt < 4 ? -1 : data.indexOf('\r\n\r\n', endOfFields(data, bodyAt))
          if (bodyAt < 4 || nameEnd < 0) return
          const head = data.toString('latin1', 0, bodyAt)
          const name = /filename="([^"]*)"/.exec(data.toString('utf8', bodyAt, nameEnd))?.[1] ?? ''
          const attempt = requests.filter((one) => one.name === name).length + 1
          const incoming = { index: requests.length, name, attempt, head, socket }
          requests.push(incoming)
          const length = Number(/content-length: (\d+)/i.exec(head)?.[1])
          current = { incoming, fault: fault?.(incoming), length, bodyAt }
          if (current.fault?.when === 'at once') {
            deaf = true
            current.fault.act(socket)
            return
          }
        }
        const end = current.bodyAt + current.length
        if (data.length < end) return
        const { incoming, fault: misdeed, bodyAt } = current
        if (!misdeed || misdeed.keeps) received.push(take(incoming, data.subarray(bodyAt, end)))
        if (misdeed) misdeed.act(socket)
        else socket.write(answer)
        data = data.subarray(end)
        size = data.length
        current = undefined
      }
    })
    socket.on('end', () => socket.end())
  }

  function noticeEnds(): void {
    for (const socket of sockets) {
      socket.on('end', () => socket.destroy())
      if (!tls) socket.resume()
    }
  }

  async function dispose(): Promise<void> {
    for (const socket of sockets) socket.destroy()
    await new Promise((resolve) => server.close(resolve))
  }

  const server = tls ? createSecureServer(tls, onSocket) : createServer({ allowHalfOpen: true }, onSocket)
  server.on('tlsClientError', (_, socket) => socket.destroy())
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    socket.on('error', () => socket.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  self.url = `${tls ? 'https' : 'http'}://127.0.0.1:${(server.address() as AddressInfo).port}/images`
  return self
}

/** Where the part of the file begins, after those of other fields. */
function endOfFields(data: Buffer, bodyAt: number): number {
  return Math.max(bodyAt, data.indexOf('filename="', bodyAt))
}

function take({ name, head }: Incoming, body: Buffer): Received {
  const boundary = /boundary=([^\r\n]+)/i.exec(head)?.[1] ?? ''
  const partAt = body.lastIndexOf(`--${boundary}\r\n`)
  const bytesAt = body.indexOf('\r\n\r\n', partAt) + 4
  const bytes = body.subarray(bytesAt, body.length - `\r\n--${boundary}--\r\n`.length)
  return {
    name,
    type: /content-type: ([^\r\n]+)/i.exec(body.toString('latin1', partAt, bytesAt))?.[1] ?? '',
    size: bytes.length,
    hash: hashOf(bytes),
    key: /idempotency-key: ([^\r\n]+)/i.exec(head)?.[1],
  }
}

export function hashOf(bytes: Uint8Array): string {
  return createHash('sha1').update(bytes).digest('hex')
}

/** An answer of HTTP/1.1 with a body. */
export function answerOf(status: number, headers: Record<string, string> = {}, body = ''): string {
  const lines = Object.entries({ 'Content-Length': String(Buffer.byteLength(body)), ...headers })
  return `HTTP/1.1 ${status} Because\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n${body}`
}

/** Answers after the whole file has come, and keeps the connection. */
export function answers(status: number, headers: Record<string, string> = {}, body = ''): Fault {
  return { when: 'whole', act: (socket) => void socket.write(answerOf(status, headers, body)) }
}

/** Cuts a connection off; below TLS a reset cannot be asked for. */
export function reset(socket: Socket): void {
  if (socket instanceof TLSSocket) socket.destroy()
  else socket.resetAndDestroy()
}
