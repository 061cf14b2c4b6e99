import fc from 'fast-check'
import { afterAll, beforeAll, expect } from 'vitest'
import {
  type ClientMessage,
  errorMessage,
  parseAddress,
  parseMessage,
} from '../../src/red-stats/transports/protocol.ts'
import { type AlertServer, alertServer } from '../red-stats/transports/alert-server.ts'
import { type RawWebSocket, rawWebSocket } from '../red-stats/transports/raw-web-socket.ts'
import { type SseServer, sseServer } from '../red-stats/transports/sse-server.ts'
import { fuzzTest } from './fuzz-test.ts'
import { damagedBytes, damagedText, oddJson } from './mutations.ts'

const watches = [
  { id: 'a', min_red: 0.8 },
  { id: 'b', min_red: 0, scope: 'own' },
]
const clientMessages: readonly object[] = [
  { type: 'hello' },
  { type: 'hello', token: 't', connection_id: 'c', resume: 'e:17', subscriptions: watches },
  { type: 'subscribe', id: 'c', min_red: 0.5, scope: 'all', since: 'e:17' },
  { type: 'unsubscribe', id: 'a' },
  { type: 'ping', t: 1 },
]
const sound = fc.constantFrom(...clientMessages).map((message) => JSON.stringify(message))
const clientText = oddJson(fc.constantFrom(...clientMessages))

/** Throws unless an error is the documented one, which says which field it is about in few words. */
function expectInvalid(error: unknown): void {
  expect(error).toMatchObject({ name: 'RedStatsError', code: 'INVALID', retryable: false })
  expect(JSON.stringify(errorMessage(error)).length).toBeLessThan(1_000)
}

fuzzTest(
  'a message of a client is read or is INVALID',
  { runs: 600, outcomes: ['read', 'half read', 'refused'] },
  damagedText(clientText),
  (text) => {
    let message: ClientMessage
    try {
      message = parseMessage(text)
    } catch (error) {
      expectInvalid(error)
      return 'refused'
    }
    if (message.type === 'invalid') {
      expectInvalid(message.error)
      return 'half read'
    }
    expect(['hello', 'subscribe', 'unsubscribe', 'ping']).toContain(message.type)
    const asked =
      message.type === 'hello' ? message.subscriptions : message.type === 'subscribe' ? [message.subscription] : []
    for (const { id, minRed, scope } of asked) {
      expect(id.length >= 1 && id.length <= 64 && minRed >= 0 && minRed <= 1).toBe(true)
      expect(['all', 'own', undefined]).toContain(scope)
    }
    return 'read'
  },
)

const query = damagedText(
  fc.constantFrom('min_red=0.8', 'min_red=0.5&scope=own&since=e:17', 'scope=all&min_red=1e-1', 'since=a%20b'),
)

fuzzTest(
  'the query of an address is read, names no threshold, or is INVALID',
  { runs: 300, outcomes: ['read', 'none', 'refused'] },
  query,
  (text) => {
    try {
      const address = parseAddress(new URLSearchParams(text))
      if (address === undefined) return 'none'
      expect(address.minRed >= 0 && address.minRed <= 1).toBe(true)
      return 'read'
    } catch (error) {
      expectInvalid(error)
      return 'refused'
    }
  },
)

let server: AlertServer
let sse: SseServer
const generous = { messagesPerSecond: 1e6, connectsPerSecond: 1e6 }
beforeAll(async () => {
  server = await alertServer({ limits: generous, closeTimeoutMs: 50 })
  sse = await sseServer({ limits: { connectsPerSecond: 1e6 } })
})
afterAll(async () => {
  await server.close()
  await sse.close()
})

/** A client of its own is welcomed, subscribes and is alerted. */
async function expectService(): Promise<void> {
  const client = await rawWebSocket(server.port, '/alerts')
  client.send({ type: 'hello', subscriptions: [{ id: 'x', min_red: 0.5 }] })
  expect(await client.message()).toMatchObject({ type: 'welcome' })
  expect(await client.message()).toMatchObject({ type: 'subscribed', id: 'x' })
  await server.record(0.9)
  expect(await client.message()).toMatchObject({ type: 'alert', image: { red: 0.9 } })
  client.end()
}

const closeCodes = [1002, 1007, 1009, 4400, 4409]
const answers = ['welcome', 'subscribed', 'unsubscribed', 'pong', 'error', 'alert', 'gap']

/** All that comes until the answer to a last ping, or the close of the connection. */
async function answersOf(client: RawWebSocket): Promise<'still open' | 'closed'> {
  client.send({ type: 'ping', t: 'last' })
  for (;;) {
    const frame = await client.next()
    if (frame === undefined) return 'closed'
    if (frame.opcode === 8) {
      // the code may be missing where the client's own close was answered
      if (frame.payload.length > 0) expect(closeCodes).toContain(frame.payload.readUInt16BE(0))
      return 'closed'
    }
    if (frame.opcode !== 1) continue
    const message = JSON.parse(frame.payload.toString())
    expect(answers).toContain(message.type)
    if (message.type === 'error') expect(['INVALID', 'LIMIT', 'FORBIDDEN']).toContain(message.code)
    if (message.t === 'last') return 'still open'
  }
}

fuzzTest(
  'a session answers each message or closes with a documented code, and others are served',
  { runs: 60, outcomes: ['still open', 'closed'] },
  fc.array(fc.oneof(sound, clientText, damagedText(clientText)), { minLength: 1, maxLength: 4 }),
  async (texts) => {
    const client = await rawWebSocket(server.port, '/alerts?min_red=0.1')
    for (const text of texts) client.send(Buffer.from(text).subarray(0, 65_000))
    const outcome = await answersOf(client)
    client.end()
    await expectService()
    return outcome
  },
)

/** A masked frame, as a client writes it; the mask is zero. */
const frame = fc.tuple(fc.constantFrom(0x81, 0x01, 0x80, 0x82, 0x89, 0x8a, 0x88), clientText).map(([first, text]) => {
  const payload = Buffer.from(text.slice(0, 120))
  return Buffer.concat([Buffer.from([first, 0x80 | Math.min(payload.length, 125), 0, 0, 0, 0]), payload])
})
const isGoodbye = (bytes: Buffer) => bytes[0] === 0x88

fuzzTest(
  'bytes that are no frames close their connection only',
  { runs: 60, outcomes: ['still open', 'closed'] },
  fc.array(damagedBytes(frame), { minLength: 1, maxLength: 4 }).filter((frames) => !frames.some(isGoodbye)),
  async (frames) => {
    const client = await rawWebSocket(server.port, '/alerts?min_red=0.1')
    client.socket.end(Buffer.concat(frames))
    let outcome: 'still open' | 'closed' = 'still open'
    for (let got = await client.next(); got !== undefined; got = await client.next()) {
      if (got.opcode !== 8) continue
      outcome = 'closed'
      if (got.payload.length > 0) expect([...closeCodes, 1000, 1006]).toContain(got.payload.readUInt16BE(0))
    }
    await expectService()
    return outcome
  },
)

fuzzTest(
  'a request for server-sent events is answered or refused in JSON, and others are served',
  { runs: 60, outcomes: ['served', 'refused'] },
  fc.tuple(query, fc.option(damagedText(fc.constant('e:17')))),
  async ([text, lastId]) => {
    const asked = (search: string, headers: Record<string, string> = {}) => {
      const abort = new AbortController()
      return fetch(`${sse.url}/alerts?${search}`, { headers, signal: abort.signal }).then(async (response) => {
        const reader = response.body!.getReader()
        let body = ''
        // until the first event, before and after which there may be a comment
        while (!/^data: .*\n\n/m.test(body)) {
          const { value, done } = await reader.read()
          if (done) break
          body += Buffer.from(value).toString()
        }
        abort.abort()
        return { status: response.status, body: body.replaceAll(/^:\n\n/gm, '') }
      })
    }
    const latin1 = Buffer.from(lastId ?? '')
      .toString('latin1')
      .replace(/[^ -~]/g, '?')
    const headers = lastId === null ? {} : { 'last-event-id': latin1.slice(0, 4_000) }
    const { status, body } = await asked(text.replace(/[\0-\x20#]/g, '+').slice(0, 4_000), headers)
    expect((await asked('min_red=0.5')).body).toMatch(/^retry: \d+\nevent: subscribed\nid: \S+\ndata: \{.*\}\n\n$/)
    if (status === 200) {
      expect(body).toMatch(/^retry: \d+\nevent: subscribed\n(id: \S+\n)?data: \{.*\}\n\n/)
      return 'served'
    }
    expect([400, 403]).toContain(status)
    expect(JSON.parse(body)).toEqual({
      error: { code: status === 400 ? 'INVALID' : 'FORBIDDEN', message: expect.any(String) },
    })
    return 'refused'
  },
)
