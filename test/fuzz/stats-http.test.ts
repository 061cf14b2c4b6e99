import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import type { FastifyInstance } from 'fastify'
import { pino } from 'pino'
import { memoryStore, RedStats } from 'ruddle/red-stats'
import { afterAll, beforeAll, expect } from 'vitest'
import { createStatsApp } from '../../examples/server/stats/app.ts'
import { type Answer, answerParser } from '../../src/upload/answer-parser.ts'
import { anyCharacter } from '../any-character.ts'
import { fuzzTest } from './fuzz-test.ts'
import { damagedText, oddJson } from './mutations.ts'

const page = fileURLToPath(new URL('../../examples/server/page', import.meta.url))
const event = { image_id: 'a', timestamp: 1_000, client_id: 'me', red: 0.85 }
let stats: RedStats
let app: FastifyInstance
let port: number

beforeAll(async () => {
  stats = new RedStats({ store: memoryStore() })
  app = await createStatsApp({ stats, page, redUrl: 'http://127.0.0.1:1', log: pino({ level: 'silent' }) })
  port = Number(new URL(await app.listen({ host: '127.0.0.1', port: 0 })).port)
  await stats.record({ imageId: 'first', timestamp: 1_000, clientId: 'me', red: 0.85 })
})
afterAll(async () => {
  await app.close()
  await stats.close()
})

/** Says 400 and its like as documented, and nothing of the inside; then a right request is answered rightly. */
function expectRefusal(status: number, body: string): void {
  expect([400, 403, 404, 405, 409, 413, 415]).toContain(status)
  expect(JSON.parse(body)).toEqual({
    error: { code: expect.stringMatching(/^[A-Z0-9_]+$/), message: expect.any(String), ...optional(body) },
  })
  expect(body.length).toBeLessThan(2_000)
}

const optional = (body: string) => (/"field":/.test(body) ? { field: expect.any(String) } : {})

const one = fc.record({
  image_id: fc.oneof(fc.stringMatching(/^[a-z]{1,8}$/), fc.integer({ min: 0, max: 50 })),
  timestamp: fc.integer({ min: 0, max: 4_102_444_799_999 }),
  client_id: fc.constantFrom('me', 7),
  red: fc.double({ min: 0, max: 1, noNaN: true }),
})
const bodies: Record<string, fc.Arbitrary<string>> = {
  'application/json': fc.oneof(
    one.map((value) => JSON.stringify(value)),
    oddJson(one),
    oddJson(fc.array(one, { maxLength: 4 })),
  ),
  'application/x-ndjson': fc.array(oddJson(one), { maxLength: 4 }).map((lines) => lines.join('\n')),
}
const post = fc
  .constantFrom('application/json', 'application/x-ndjson')
  .chain((type) =>
    fc.tuple(
      fc.oneof({ weight: 3, arbitrary: fc.constant(type) }, { weight: 1, arbitrary: damagedText(fc.constant(type)) }),
      fc.oneof(bodies[type]!, damagedText(bodies[type]!)),
    ),
  )

const statuses = ['stored', 'duplicate', 'conflict', 'invalid']

fuzzTest(
  'POST /stats takes events or says what is wrong, and takes the next one',
  { runs: 150, outcomes: ['taken', 'several', 'refused'] },
  post,
  async ([type, payload]) => {
    const headers = {
      'content-type': Buffer.from(type)
        .toString('latin1')
        .replace(/[^\t -~]/g, '?'),
    }
    const { statusCode, body } = await app.inject({ method: 'POST', url: '/stats', payload, headers })
    expect(await stats.record({ imageId: 'first', timestamp: 1_000, clientId: 'me', red: 0.85 })).toEqual({
      status: 'duplicate',
    })
    if (statusCode !== 200 && statusCode !== 201) {
      expectRefusal(statusCode, body)
      return 'refused'
    }
    const answer: unknown = JSON.parse(body)
    if (!Array.isArray(answer)) {
      expect(answer).toEqual({ image_id: expect.any(String), status: statusCode === 201 ? 'stored' : 'duplicate' })
      return 'taken'
    }
    for (const { image_id, status, error } of answer) {
      expect(statuses).toContain(status)
      if (status === 'invalid') {
        expect(['string', 'number', 'object']).toContain(typeof image_id)
        expect(error).toEqual({ code: 'INVALID', message: expect.any(String), field: expect.any(String) })
      }
    }
    expect(body.length).toBeLessThan(payload.length + 200 * (answer.length + 1))
    return 'several'
  },
)

interface Connection {
  readonly socket: Socket
  answer(): Promise<Answer>
}

async function connection(): Promise<Connection> {
  const socket = connect(port, '127.0.0.1')
  await once(socket, 'connect')
  const parser = answerParser()
  const ended = once(socket, 'close').then(() => {
    throw new Error('The connection ended')
  })
  ended.catch(() => {}) // told to who waits for an answer
  let rest = Buffer.alloc(0)
  return {
    socket,
    answer: async () => {
      parser.begin()
      for (;;) {
        // byte by byte, since the answers of a connection follow each other
        for (let at = 0; at < rest.length; at++) {
          const answer = parser.take(rest.subarray(at, at + 1))
          if (answer === undefined) continue
          rest = rest.subarray(at + 1)
          return answer
        }
        const [data] = await Promise.race([once(socket, 'data'), ended])
        rest = data
      }
    },
  }
}

let open: Connection | undefined
afterAll(() => open?.socket.destroy())

const names = ['from', 'to', 'red', 'client_id', 'step_ms', 'bins', 'limit', 'after', '__proto__', 'x']
const values = ['0', '1000', '2026-01-01', '2026-01-01T10:00+02:00', '0.5', 'me', '20', '1e3', '-1', '9'.repeat(400)]
const query = fc
  .array(fc.tuple(fc.constantFrom(...names), fc.oneof(fc.constantFrom(...values), fc.string({ unit: anyCharacter }))), {
    maxLength: 3,
  })
  .map((pairs) => pairs.map((pair) => pair.join('=')).join('&'))
const paths = ['/stats', '/stats/series', '/stats/distribution', '/stats/list', '/stats/extent', '/images/x']
const valid = [
  '/stats?from=0&to=2026-01-01&red=0.5&client_id=me',
  '/stats/series?from=0&to=2000&step_ms=100',
  '/stats/distribution?bins=4',
  '/stats/list?limit=1&after=WzEwMDAsImEiXQ',
]
const target = fc.oneof(
  fc.constantFrom(...valid),
  fc.tuple(fc.constantFrom(...paths), query).map(([path, text]) => `${path}?${text}`),
)

fuzzTest(
  'a GET of any address is answered as JSON or refused, on a connection that goes on',
  { runs: 150, outcomes: ['answered', 'refused'] },
  damagedText(target).map((text) =>
    // what the HTTP parser lets through
    Buffer.from(text)
      .toString('latin1')
      .replace(/[^!-~]/g, (character) => `%${character.charCodeAt(0).toString(16).padStart(2, '0')}`),
  ),
  async (address) => {
    if (open === undefined || open.socket.closed) open = await connection()
    const { socket, answer } = open
    // a path that begins otherwise is another kind of request target
    const path = `/${address}`.slice(address.startsWith('/') ? 1 : 0).slice(0, 8_000)
    socket.write(
      Buffer.from(`GET ${path} HTTP/1.1\r\nHost: x\r\n\r\nGET /stats?red=0.5 HTTP/1.1\r\nHost: x\r\n\r\n`, 'latin1'),
    )
    const [first, second] = [await answer(), await answer()]
    expect(second.status).toBe(200)
    expect(JSON.parse(second.body)).toMatchObject({ from: null, to: null, red: 0.5 })
    if (first.status === 200 || first.status === 302) return 'answered'
    expectRefusal(first.status, first.body)
    return 'refused'
  },
)

const request = fc.constantFrom(
  `POST /stats HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 68\r\n\r\n${JSON.stringify(event)}`,
  'POST /stats HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n',
  'GET /stats?red=0.5 HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer x\r\n\r\n',
)

fuzzTest(
  'a request of any bytes is answered or its connection ended, and the next connection is served',
  { runs: 100, outcomes: ['answered', 'refused'] },
  damagedText(request).map((text) => Buffer.from(text, 'latin1')),
  async (bytes) => {
    const parts: Buffer[] = []
    const socket = connect(port, '127.0.0.1')
    socket.on('data', (data) => parts.push(data))
    socket.on('error', () => {}) // a reset; `close` follows
    const ended = once(socket, 'close')
    socket.end(bytes)
    await ended
    expect((await app.inject('/stats')).statusCode).toBe(200)
    const text = Buffer.concat(parts).toString()
    if (text === '') return 'ended'
    const status = Number(/^HTTP\/1\.1 (\d{3}) /.exec(text)?.[1])
    if (status < 300) return 'answered'
    expect([400, 403, 404, 405, 408, 409, 413, 414, 415, 417, 431]).toContain(status)
    return 'refused'
  },
)
