import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Transport, UploadError, type UploadRequest, type UploadResponse } from '../../src/upload/index.ts'
import { leavesNothing } from './leaves-nothing.ts'
import {
  answerOf,
  answers,
  CREATED,
  type Fault,
  hashOf,
  type Receiver,
  type ReceiverOptions,
  receiver,
  reset,
} from './receiver.ts'

const HEAD = '--b\r\nContent-Disposition: form-data; name="image"; filename="a.jpg"\r\nContent-Type: image/jpeg\r\n\r\n'
const PATIENT = { connectMs: 10_000, stallMs: 10_000, headersMs: 10_000 }
/** For what is meant to time out. */
const SHORT = { connectMs: 10_000, stallMs: 100, headersMs: 100 }
const TAIL = '\r\n--b--\r\n'
const atOnce = (act: Fault['act']): Fault => ({ when: 'at once', act })
const once = (fault: Fault) => ({ fault: ({ index }: { index: number }) => (index === 0 ? fault : undefined) })

/** What every transport must do; the outcome of each case is the same for all of them. */
export function transportSuite(
  name: string,
  make: () => Transport,
  options: { tls?: boolean; receiver?: ReceiverOptions } = {},
): void {
  describe(name, () => {
    let transport: Transport

    beforeEach(() => {
      transport = make()
    })
    afterEach(async () => {
      await transport.close()
    })

    const small = Buffer.from(`${HEAD}${'x'.repeat(2000)}${TAIL}`)
    const CHUNK = Buffer.alloc(256 * 1024, 'y')
    const largeSize = HEAD.length + 40 * CHUNK.length + TAIL.length
    async function* largeBody(): AsyncGenerator<Uint8Array> {
      yield Buffer.from(HEAD)
      for (let at = 0; at < 40; at++) yield CHUNK
      yield Buffer.from(TAIL)
    }

    function send(server: Receiver, changes: Partial<UploadRequest> = {}): Promise<UploadResponse> {
      return transport.send({
        url: new URL(server.url),
        headers: { 'content-type': 'multipart/form-data; boundary=b' },
        contentLength: small.length,
        body: () => small,
        timeouts: PATIENT,
        signal: new AbortController().signal,
        ...changes,
      })
    }
    const sendLarge = (server: Receiver, changes: Partial<UploadRequest> = {}): Promise<UploadResponse> =>
      send(server, { contentLength: largeSize, body: largeBody, ...changes })

    /** Runs a case with a server that misbehaves at the first request. */
    async function withServer(faulty: ReceiverOptions, work: (server: Receiver) => Promise<void>): Promise<void> {
      await leavesNothing(async () => {
        await using server = await receiver({ ...options.receiver, ...faulty })
        await work(server)
        await transport.close()
      })
    }

    async function codeOfFailure(sending: Promise<unknown>): Promise<string> {
      const error = await sending.then(
        () => new Error('nothing was thrown'),
        (thrown: unknown) => thrown,
      )
      if (!(error instanceof UploadError)) throw error
      expect(error.phase).toMatch(/^(connect|send|answer)$/)
      return `${error.phase} ${error.code}`
    }

    it('sends a small body whole and gives the whole answer', async () => {
      await withServer({ answer: answerOf(201, { 'X-A': '1', 'x-a': '2' }, 'grün') }, async (server) => {
        const { status, headers, body } = await send(server)
        expect({ status, body, list: headers['x-a'] }).toEqual({ status: 201, body: 'grün', list: '1, 2' })
        expect(server.received[0]).toMatchObject({ size: 2000, hash: hashOf(Buffer.from('x'.repeat(2000))) })
      })
    })

    it('sends a large body in chunks and reports each', async () => {
      await withServer({}, async (server) => {
        let sent = 0
        const { status } = await sendLarge(server, { onSent: (bytes) => (sent += bytes) })
        expect(status).toBe(201)
        expect(server.received[0]?.size).toBe(40 * CHUNK.length)
        expect(sent).toBe(largeSize)
      })
    })

    it('uses a connection again', async () => {
      await withServer({}, async (server) => {
        for (let i = 0; i < 5; i++) await send(server)
        expect(server.connections).toBe(1)
      })
    })

    it('starts afresh, and with the whole body, when an idle connection turns out to be closed', async () => {
      const closing: Fault = {
        when: 'whole',
        keeps: true,
        act: (socket) => void socket.write(CREATED, () => setImmediate(() => socket.destroy())),
      }
      await withServer({ fault: () => closing }, async (server) => {
        for (let i = 0; i < 20; i++) expect((await send(server)).status).toBe(201)
        expect(server.received.length).toBe(20)
      })
    })

    it('starts afresh when an idle connection is cut off as the next request comes', async () => {
      const cut = atOnce(reset)
      await withServer({ fault: ({ index }) => (index === 1 ? cut : undefined) }, async (server) => {
        await send(server)
        expect((await send(server)).status).toBe(201)
        expect(server.requests.length).toBe(3)
      })
    })

    it('does not start afresh twice', async () => {
      const cut = atOnce(reset)
      await withServer({ fault: ({ index }) => (index > 0 ? cut : undefined) }, async (server) => {
        await send(server)
        expect(await codeOfFailure(send(server))).toMatch(/^(send|answer) (ECONNRESET|EPIPE)$/)
        expect(server.requests.length).toBe(3)
      })
    })

    const wellFormed: Record<string, [string, string]> = {
      'a body in chunks': [
        'HTTP/1.1 201 Ok\r\nTransfer-Encoding: chunked\r\n\r\n2;x=y\r\nab\r\n1\r\nc\r\n0\r\nT: 1\r\n\r\n',
        'abc',
      ],
      'a hint before the answer': [
        'HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 201 Ok\r\nContent-Length: 1\r\n\r\na',
        'a',
      ],
      '100 Continue that nobody asked for': [
        'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 201 Ok\r\nContent-Length: 1\r\n\r\na',
        'a',
      ],
      'an empty body': ['HTTP/1.1 204 No Content\r\n\r\n', ''],
      'no reason phrase': ['HTTP/1.1 201 \r\nContent-Length: 1\r\n\r\na', 'a'],
      'Connection: close': ['HTTP/1.1 201 Ok\r\nConnection: close\r\nContent-Length: 1\r\n\r\na', 'a'],
    }
    for (const [what, [answer, body]] of Object.entries(wellFormed)) {
      it(`understands an answer with ${what}`, async () => {
        await withServer({ answer }, async (server) => {
          expect((await send(server)).body).toBe(body)
          expect((await send(server)).body).toBe(body)
        })
      })
    }

    for (const version of ['1.0', '1.1']) {
      it(`reads an answer of HTTP/${version} without a length to the end of the connection`, async () => {
        const act = (socket: Receiver['requests'][0]['socket']): void => {
          socket.end(`HTTP/${version} 200 OK\r\n${version === '1.1' ? 'Connection: close\r\n' : ''}\r\nall of it`)
        }
        await withServer(once({ when: 'whole', act }), async (server) => {
          expect((await send(server)).body).toBe('all of it')
          expect((await send(server)).status).toBe(201)
        })
      })
    }

    it('reads an answer that comes byte by byte', async () => {
      const act: Fault['act'] = async (socket) => {
        for (const byte of CREATED) {
          socket.write(byte)
          await new Promise((resolve) => setImmediate(resolve))
        }
      }
      await withServer({ fault: () => ({ when: 'whole', act }) }, async (server) => {
        expect((await send(server)).body).toBe('{"id":"abc"}')
        expect((await send(server)).body).toBe('{"id":"abc"}')
      })
    })

    it('reports an early 413 although the connection breaks, every time', async () => {
      const refuse = atOnce((socket) => {
        socket.end(answerOf(413, { Connection: 'close' }, 'too large'))
        socket.once('finish', () => socket.destroy())
      })
      await withServer({ fault: () => refuse }, async (server) => {
        for (let i = 0; i < 10; i++) {
          const { status, body } = await sendLarge(server)
          expect({ status, body }).toEqual({ status: 413, body: 'too large' })
        }
      })
    })

    it('reports an early 413 of a server that leaves the connection open and reads nothing', async () => {
      await withServer(once(atOnce((socket) => void socket.write(answerOf(413)))), async (server) => {
        expect((await sendLarge(server)).status).toBe(413)
        expect((await send(server)).status).toBe(201)
      })
    })

    it('sends all of the body although the server has said yes early', async () => {
      const eager = (socket: Receiver['requests'][0]['socket']): void => {
        socket.write(CREATED)
        let bytes = 0
        socket.on('data', (data) => {
          bytes += data.length
          taken = bytes
        })
      }
      let taken = 0
      await withServer(once(atOnce(eager)), async (server) => {
        expect((await sendLarge(server)).status).toBe(201)
        // what the system has taken from us it still has to deliver
        while (taken < 39 * CHUNK.length) await new Promise((resolve) => setImmediate(resolve))
        expect(taken).toBeLessThanOrEqual(largeSize)
      })
    })

    it('takes an early yes before a broken connection for no success', async () => {
      const act: Fault['act'] = (socket) => void socket.write(CREATED, () => reset(socket))
      await withServer(once(atOnce(act)), async (server) => {
        expect(await codeOfFailure(sendLarge(server))).toMatch(/^send (NOT_ALL_SENT|ECONNRESET|EPIPE)$/)
      })
    })

    const broken: Record<string, [Fault['act'], RegExp]> = {
      'resets before an answer': [reset, /ECONNRESET|EPIPE/],
      'ends before an answer': [(socket) => socket.end(), /ECONNRESET/],
      'never answers': [() => {}, /answer HEADERS_TIMEOUT/],
      'sends garbage': [(socket) => void socket.write('ICY 200 OK\r\n\r\n'), /BAD_ANSWER/],
      'sends a head that never ends': [
        (socket) => void socket.write(`HTTP/1.1 200 OK\r\nA: ${'x'.repeat(100_000)}`),
        /BAD_ANSWER/,
      ],
      'sends two lengths': [
        (socket) => void socket.write('HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab'),
        /BAD_ANSWER/,
      ],
      'changes the protocol': [
        (socket) => void socket.write('HTTP/1.1 101 Switching\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n'),
        /BAD_ANSWER/,
      ],
      'ends within the head': [(socket) => socket.end('HTTP/1.1 200 OK\r\nConte'), /ECONNRESET|BAD_ANSWER/],
      'ends within the body': [
        (socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc'),
        /answer ANSWER_TRUNCATED/,
      ],
      'ends within a chunk': [
        (socket) => socket.end('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nabc'),
        /answer ANSWER_TRUNCATED/,
      ],
      'sends a chunk without a size': [
        (socket) => void socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n'),
        /BAD_ANSWER|ANSWER_TRUNCATED/,
      ],
      'stops within the body': [
        (socket) => void socket.write('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc'),
        /answer HEADERS_TIMEOUT/,
      ],
      'sends more than 1 MiB': [
        (socket) => void socket.write(answerOf(200, {}, 'x'.repeat(2 ** 20 + 1))),
        /ANSWER_TOO_LARGE/,
      ],
      'sends chunks without end': [
        (socket) =>
          void socket.write(
            `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${'8000\r\n'}${'x'.repeat(0x8000)}\r\n`.padEnd(
              40_000,
            ) + `8000\r\n${'x'.repeat(0x8000)}\r\n`.repeat(40),
          ),
        /ANSWER_TOO_LARGE|BAD_ANSWER|ANSWER_TRUNCATED/,
      ],
    }
    for (const [what, [act, expected]] of Object.entries(broken)) {
      it(`fails with the reason when the server ${what}`, async () => {
        await withServer(once({ when: 'whole', act }), async (server) => {
          const timeouts = String(expected).includes('TIMEOUT') ? SHORT : PATIENT
          expect(await codeOfFailure(send(server, { timeouts }))).toMatch(expected)
          expect((await send(server)).status, 'the next request').toBe(201)
        })
      })
    }

    it('gives up a server that trickles an answer for ever', async () => {
      const trickle: Fault = {
        when: 'whole',
        act: (socket) => {
          socket.write('HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n')
          const timer = setInterval(() => socket.write('x'), 20)
          socket.once('close', () => clearInterval(timer))
        },
      }
      await withServer(once(trickle), async (server) => {
        expect(await codeOfFailure(send(server, { timeouts: SHORT }))).toBe('answer HEADERS_TIMEOUT')
      })
    })

    it('gives up a server that does not read', async () => {
      await withServer(once(atOnce((socket) => void socket.pause())), async (server) => {
        expect(await codeOfFailure(sendLarge(server, { timeouts: SHORT }))).toBe('send STALL_TIMEOUT')
      })
    })

    it('gives up a server that says yes and does not read', async () => {
      const act: Fault['act'] = (socket) => {
        socket.pause()
        socket.write(CREATED)
      }
      await withServer(once(atOnce(act)), async (server) => {
        expect(await codeOfFailure(sendLarge(server, { timeouts: SHORT }))).toBe('send STALL_TIMEOUT')
      })
    })

    it('gives up after totalMs whatever happens', async () => {
      await withServer(once({ when: 'whole', act: () => {} }), async (server) => {
        const timeouts = { ...PATIENT, totalMs: 100 }
        expect(await codeOfFailure(send(server, { timeouts }))).toMatch(/TOTAL_TIMEOUT$/)
      })
    })

    it('says when it was not even connected', async () => {
      const server = await receiver(options.receiver)
      await server[Symbol.asyncDispose]()
      expect(await codeOfFailure(send(server))).toBe('connect ECONNREFUSED')
    })

    it('gives up at once when it is aborted, before, while it sends and while it waits', async () => {
      await withServer({ fault: () => atOnce((socket) => void socket.pause()) }, async (server) => {
        const timeouts = PATIENT
        expect(await codeOfFailure(send(server, { signal: AbortSignal.abort(), timeouts }))).toBe('connect ABORTED')
        const sending = new AbortController()
        const onSent = (): void => sending.abort()
        expect(await codeOfFailure(sendLarge(server, { signal: sending.signal, onSent, timeouts }))).toBe(
          'send ABORTED',
        )
        const waiting = new AbortController()
        const answer = codeOfFailure(send(server, { signal: waiting.signal, timeouts }))
        while (server.requests.length < 2) await new Promise((resolve) => setImmediate(resolve))
        waiting.abort()
        expect(await answer).toMatch(/ABORTED$/)
      })
    })

    it('ends the chunks before it reports a failure', async () => {
      let ended = false
      async function* body(): AsyncGenerator<Uint8Array> {
        try {
          yield* largeBody()
        } finally {
          ended = true
        }
      }
      await withServer({ fault: () => atOnce(reset) }, async (server) => {
        expect(await codeOfFailure(sendLarge(server, { body }))).toMatch(/send (ECONNRESET|EPIPE)/)
        expect(ended).toBe(true)
      })
    })

    it('passes an error of the body on, and the server does not get a whole file', async () => {
      async function* body(): AsyncGenerator<Uint8Array> {
        yield Buffer.from(HEAD)
        yield CHUNK
        throw new UploadError('ESOURCECHANGED', 'changed', { phase: 'read' })
      }
      await withServer({}, async (server) => {
        await expect(sendLarge(server, { body })).rejects.toMatchObject({ code: 'ESOURCECHANGED', phase: 'read' })
        expect(server.received).toEqual([])
        expect((await send(server)).status).toBe(201)
      })
    })

    it('passes an error of the body factory on', async () => {
      const body = (): never => {
        throw new UploadError('EIO', 'no body', { phase: 'read' })
      }
      await withServer({}, async (server) => {
        await expect(send(server, { body })).rejects.toMatchObject({ code: 'EIO' })
      })
    })

    it('sends at the same time what comes at the same time', async () => {
      await withServer({}, async (server) => {
        const responses = await Promise.all(Array.from({ length: 4 }, () => sendLarge(server, { timeouts: PATIENT })))
        expect(responses.map(({ status }) => status)).toEqual(Array(4).fill(201))
        expect(server.received.every(({ size }) => size === 40 * CHUNK.length)).toBe(true)
      })
    })

    it('reads a refusal that comes after the whole body', async () => {
      await withServer(once(answers(415, {}, '{"error":"no image"}')), async (server) => {
        expect(await send(server)).toMatchObject({ status: 415, body: '{"error":"no image"}' })
        expect(server.connections).toBe(1)
        await send(server)
        expect(server.connections).toBe(1)
      })
    })
  })
}
