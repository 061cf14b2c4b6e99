import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

export interface Frame {
  readonly opcode: number
  readonly payload: Buffer
}

export interface RawWebSocket {
  readonly socket: Socket
  /** Status of the HTTP answer: 101 when the connection was upgraded. */
  readonly status: number
  readonly headers: ReadonlyMap<string, string>
  /** Body of a refusal. */
  readonly body: string
  /** The next frame; undefined when the connection has ended. Pings are skipped. */
  next(): Promise<Frame | undefined>
  /** The next text frame as JSON. */
  message<Message = Record<string, unknown>>(): Promise<Message>
  /** The code of the next close frame; undefined when the connection ended without one. Other frames are skipped. */
  closeCode(): Promise<number | undefined>
  send(payload: string | Buffer | object): void
  sendFrame(firstByte: number, payload: Buffer, options?: { mask?: boolean }): void
  end(): void
}

export interface RawOptions {
  readonly headers?: Readonly<Record<string, string>>
  /** Leaves pings and closes unanswered, as a peer that is gone does. */
  readonly deaf?: boolean
}

/** A frame as a client sends it; its payload is shorter than 64 KiB. */
export function frameOf(firstByte: number, payload: Buffer, { mask = true }: { mask?: boolean } = {}): Buffer {
  const head =
    payload.length < 126
      ? Buffer.from([firstByte, payload.length])
      : Buffer.from([firstByte, 126, payload.length >> 8, payload.length & 255])
  if (!mask) return Buffer.concat([head, payload])
  head[1]! |= 0x80
  const key = randomBytes(4)
  return Buffer.concat([head, key, payload.map((byte, index) => byte ^ key[index & 3]!)])
}

/** A WebSocket client on a bare TCP socket: it can stop reading, break frames and end without a goodbye. */
export async function rawWebSocket(
  port: number,
  path: string,
  { headers = {}, deaf = false }: RawOptions = {},
): Promise<RawWebSocket> {
  const socket = connect(port, '127.0.0.1')
  socket.setNoDelay(true)
  await once(socket, 'connect')
  const lines = Object.entries({
    Host: `127.0.0.1:${port}`,
    Upgrade: 'websocket',
    Connection: 'Upgrade',
    'Sec-WebSocket-Key': randomBytes(16).toString('base64'),
    'Sec-WebSocket-Version': '13',
    ...headers,
  }).map(([name, value]) => `${name}: ${value}\r\n`)
  socket.write(`GET ${path} HTTP/1.1\r\n${lines.join('')}\r\n`)

  let received: Buffer = Buffer.alloc(0)
  let ended = false
  let upgraded = false
  let wake: () => void = () => {}
  const frames: Frame[] = []
  let taken = 0
  socket.on('data', (bytes: Buffer) => {
    received = received.length === 0 ? bytes : Buffer.concat([received, bytes])
    if (upgraded) takeFrames()
    wake()
  })
  socket.on('error', () => {}) // a reset; `close` follows
  socket.on('close', () => {
    ended = true
    wake()
  })
  socket.on('end', () => socket.end())
  const more = () =>
    new Promise<void>((resolve) => {
      wake = resolve
    })

  let headEnd = received.indexOf('\r\n\r\n')
  while (headEnd < 0) {
    if (ended) throw new Error('The server ended the connection without an answer')
    await more()
    headEnd = received.indexOf('\r\n\r\n')
  }
  const [statusLine = '', ...headerLines] = received.subarray(0, headEnd).toString('latin1').split('\r\n')
  const status = Number(statusLine.split(' ')[1])
  const answered = new Map(
    headerLines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 2)]),
  )
  received = received.subarray(headEnd + 4)
  upgraded = status === 101
  if (upgraded) takeFrames()
  else while (!ended) await more()
  const body = upgraded ? '' : received.toString()

  function sendFrame(firstByte: number, payload: Buffer, options?: { mask?: boolean }): void {
    socket.write(frameOf(firstByte, payload, options))
  }

  function takeFrame(): Frame | undefined {
    if (received.length < 2) return undefined
    const short = received[1]! & 127
    const start = short < 126 ? 2 : short === 126 ? 4 : 10
    if (received.length < start) return undefined
    const length = short < 126 ? short : short === 126 ? received.readUInt16BE(2) : Number(received.readBigUInt64BE(2))
    if (received.length < start + length) return undefined
    const frame = { opcode: received[0]! & 15, payload: received.subarray(start, start + length) }
    received = received.subarray(start + length)
    return frame
  }

  function takeFrames(): void {
    for (let frame = takeFrame(); frame !== undefined; frame = takeFrame()) {
      if (frame.opcode !== 9) frames.push(frame)
      else if (!deaf) sendFrame(0x8a, frame.payload)
      if (frame.opcode === 8 && !deaf) {
        sendFrame(0x88, frame.payload)
        socket.end()
      }
    }
  }

  async function next(): Promise<Frame | undefined> {
    while (taken === frames.length && !ended) await more()
    if (taken >= 1000) {
      frames.splice(0, taken) // shift() moves all of them, each time
      taken = 0
    }
    return frames[taken++]
  }

  return {
    socket,
    status,
    headers: answered,
    body,
    next,
    message: async () => {
      const frame = await next()
      if (frame?.opcode !== 1) throw new Error(`Expected a text frame, got ${JSON.stringify(frame)}`)
      return JSON.parse(frame.payload.toString())
    },
    closeCode: async () => {
      for (;;) {
        const frame = await next()
        if (frame === undefined) return undefined
        if (frame.opcode === 8) return frame.payload.readUInt16BE(0)
      }
    },
    send: (payload) => {
      const isText = typeof payload === 'string' || Buffer.isBuffer(payload)
      sendFrame(0x81, Buffer.from(isText ? payload : JSON.stringify(payload)))
    },
    sendFrame,
    end: () => socket.destroy(),
  }
}
