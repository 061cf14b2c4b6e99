import { once } from 'node:events'
import { request } from 'node:http'
import { fileURLToPath } from 'node:url'
import type { FastifyInstance } from 'fastify'
import { pino } from 'pino'
import { memoryStore, RedStats } from 'ruddle/red-stats'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { createStatsApp, type StatsAppOptions } from '../../../examples/server/stats/app.ts'

const page = fileURLToPath(new URL('../../../examples/server/page', import.meta.url))
const event = { image_id: 'a', timestamp: 1000, client_id: 'me', red: 0.85 }

let stats: RedStats
let app: FastifyInstance
let url: string

beforeEach(async () => {
  await start()
})

afterEach(async () => {
  await app.close()
  await stats.close()
})

async function start(options: Partial<StatsAppOptions> = {}): Promise<void> {
  stats = new RedStats({ store: memoryStore() })
  const log = pino({ level: 'silent' })
  app = await createStatsApp({ stats, page, redUrl: 'http://127.0.0.1:4001', log, ...options })
  url = await app.listen({ host: '127.0.0.1', port: 0 })
}

async function post(body: unknown, headers: Record<string, string> = {}) {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  const response = await fetch(`${url}/stats`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: text,
  })
  return { status: response.status, body: await response.json() }
}

async function get(path: string) {
  const response = await fetch(url + path)
  return { status: response.status, body: await response.json() }
}

describe('POST /stats', () => {
  it('stores an event: 201', async () => {
    expect(await post(event)).toEqual({ status: 201, body: { image_id: 'a', status: 'stored' } })
  })

  it('takes ids that are integers, as text', async () => {
    expect(await post({ image_id: 0, timestamp: 0, client_id: 0, red: 0.85 })).toEqual({
      status: 201,
      body: { image_id: '0', status: 'stored' },
    })
    expect((await post({ ...event, image_id: '0', timestamp: 0, client_id: '0' })).body).toMatchObject({
      status: 'duplicate',
    })
  })

  it('answers a repeat with 200 and other content with 409', async () => {
    await post(event)
    expect(await post(event)).toEqual({ status: 200, body: { image_id: 'a', status: 'duplicate' } })
    expect(await post({ ...event, red: 0.5 })).toMatchObject({ status: 409, body: { error: { code: 'CONFLICT' } } })
    expect((await get('/stats?red=0.6')).body).toMatchObject({ total: 1, above: 1 })
  })

  it('answers a wrong event with 400 and names the field', async () => {
    for (const [field, wrong] of [
      ['red', { ...event, red: 1.5 }],
      ['red', { ...event, red: '0.5' }],
      ['red', { ...event, red: null }],
      ['image_id', { ...event, image_id: '' }],
      ['client_id', { ...event, client_id: 1.5 }],
      ['timestamp', { ...event, timestamp: -1 }],
      ['timestamp', { ...event, timestamp: '2026-01-01' }],
      ['timestamp', { image_id: 'a', client_id: 'me', red: 0.5 }],
    ] as const) {
      const { status, body } = await post(wrong)
      expect(status, JSON.stringify(wrong)).toBe(400)
      expect(body.error).toMatchObject({ code: 'INVALID', field })
      expect(body.error.message).toContain(`\`${field}\``)
    }
    expect((await get('/stats')).body.total).toBe(0)
  })

  it('answers an array with a result each, in order', async () => {
    const { status, body } = await post([event, { ...event, red: 2 }, event, { ...event, image_id: 7 }])
    expect(status).toBe(200)
    expect(body.map((result: { status: string }) => result.status)).toEqual([
      'stored',
      'invalid',
      'duplicate',
      'stored',
    ])
    expect(body[1].error).toMatchObject({ code: 'INVALID', field: 'red' })
  })

  it('answers NDJSON likewise', async () => {
    const lines = `${JSON.stringify(event)}\n{"image_id":\n${JSON.stringify({ ...event, image_id: 'b' })}\n`
    const { status, body } = await post(lines, { 'content-type': 'application/x-ndjson' })
    expect(status).toBe(200)
    expect(body.map((result: { status: string }) => result.status)).toEqual(['stored', 'invalid', 'stored'])
  })

  it.each([
    ['NDJSON', 'application/x-ndjson', '0\n'.repeat(100_001)],
    ['an array', 'application/json', `[${'0,'.repeat(100_000)}0]`],
  ])('refuses more than 100,000 events at once as %s, since each has a result', async (_, type, body) => {
    expect(await post(body, { 'content-type': type })).toMatchObject({ status: 400, body: { error: {} } })
  })

  it('repeats an id only if it could be one', async () => {
    const deep = '['.repeat(100_000) + ']'.repeat(100_000)
    const { status, body } = await post(`[{"image_id":${deep}},{"image_id":1.5}]`)
    expect(status).toBe(200)
    expect(body).toMatchObject([
      { image_id: null, status: 'invalid' },
      { image_id: 1.5, status: 'invalid' },
    ])
  })

  it('answers what is not JSON with 400', async () => {
    expect(await post('{"image_id":')).toMatchObject({ status: 400, body: { error: { code: expect.any(String) } } })
  })

  it('refuses a web page of another origin', async () => {
    expect(await post(event, { origin: 'https://evil.example' })).toMatchObject({ status: 403 })
    expect((await get('/stats')).body.total).toBe(0)
  })

  it('wants the token where there is one', async () => {
    await app.close()
    await start({ token: 'secret' })
    expect(await post(event)).toMatchObject({ status: 401, body: { error: { code: 'UNAUTHORIZED' } } })
    expect(await post(event, { authorization: 'Bearer wrong' })).toMatchObject({ status: 401 })
    expect(await post(event, { authorization: 'Bearer secret' })).toMatchObject({ status: 201 })
  })
})

describe('GET /stats', () => {
  beforeEach(async () => {
    await post([1000, 2000, 3000].map((timestamp, index) => ({ ...event, image_id: index, timestamp, red: index / 2 })))
  })

  it('counts a half-open period, strictly redder', async () => {
    expect((await get('/stats?from=1000&to=3000&red=0.5')).body).toEqual({
      from: 1000,
      to: 3000,
      red: 0.5,
      total: 2,
      above: 0,
    })
    expect((await get('/stats?from=1000&to=3001&red=0.5')).body).toMatchObject({ total: 3, above: 1 })
  })

  it('answers null for what was not given', async () => {
    expect((await get('/stats')).body).toEqual({ from: null, to: null, red: null, total: 3, above: null })
  })

  it('takes ISO 8601; without an offset it is UTC', async () => {
    const { body } = await get('/stats?from=1970-01-01T00:00:01.000Z&to=1970-01-01T00:00:02')
    expect(body).toMatchObject({ from: 1000, to: 2000, total: 1 })
    expect((await get('/stats?from=1970-01-01T01:00:01%2B01:00')).body.from).toBe(1000)
    expect((await get('/stats?to=1970-01-02')).body.to).toBe(86_400_000)
  })

  it('counts one client', async () => {
    expect((await get('/stats?client_id=me')).body.total).toBe(3)
    expect((await get('/stats?client_id=you')).body.total).toBe(0)
  })

  it('answers 400 to a wrong question', async () => {
    for (const query of [
      'from=3000&to=1000',
      'from=yesterday',
      'red=1.01',
      'red=x',
      'red=',
      'to=-1',
      'from=99999999999999',
      'page=1',
    ]) {
      expect(await get(`/stats?${query}`), query).toMatchObject({
        status: 400,
        body: { error: { code: expect.any(String) } },
      })
    }
  })

  it('gives a series, a distribution and a list', async () => {
    const { body: series } = await get('/stats/series?from=1000&to=4000&step_ms=1000&red=0.2')
    expect(series.map(({ total, above }: { total: number; above: number }) => [total, above])).toEqual([
      [1, 0],
      [1, 1],
      [1, 1],
    ])
    expect((await get('/stats/distribution?bins=2')).body).toEqual([1, 2])
    const { body: first } = await get('/stats/list?limit=2')
    expect(first.images.map(({ image_id }: { image_id: string }) => image_id)).toEqual(['2', '1'])
    expect((await get(`/stats/list?limit=2&after=${first.next}`)).body).toMatchObject({
      images: [{ image_id: '0', timestamp: 1000, client_id: 'me', red: 0 }],
      next: null,
    })
    const longest = '\0'.repeat(256)
    await post([
      { ...event, image_id: longest, timestamp: 5000 },
      { ...event, image_id: 'next', timestamp: 4000 },
    ])
    const { next } = (await get('/stats/list?limit=1')).body
    expect((await get(`/stats/list?limit=1&after=${next}`)).body).toMatchObject({ images: [{ image_id: 'next' }] })
    expect(await get('/stats/list?after=nonsense')).toMatchObject({ status: 400, body: { error: { field: 'after' } } })
    expect(await get('/stats/series?step_ms=10')).toMatchObject({ status: 400, body: { error: { field: 'from' } } })
  })
})

describe('GET /stats/extent', () => {
  it('gives the times of the first and the last event, to the millisecond', async () => {
    expect((await get('/stats/extent')).body).toEqual({ from: null, to: null })
    await post({ ...event, timestamp: 1_700_000_000_123 })
    expect((await get('/stats/extent')).body).toEqual({ from: 1_700_000_000_123, to: 1_700_000_000_123 })
    await post([
      { ...event, image_id: 'b', timestamp: 1_700_000_000_777 },
      { ...event, image_id: 'c', timestamp: 1_234_567_890_001 },
    ])
    expect((await get('/stats/extent')).body).toEqual({ from: 1_234_567_890_001, to: 1_700_000_000_777 })
    await post({ ...event, image_id: 'd', timestamp: 0 })
    expect((await get('/stats/extent')).body).toMatchObject({ from: 0 })
  })
})

describe('GET /alerts', () => {
  it('alerts over a WebSocket', async () => {
    const socket = new WebSocket(`${url.replace('http', 'ws')}/alerts?min_red=0.8`)
    await once(socket, 'open')
    const message = once(socket, 'message')
    await post([{ ...event, image_id: 'pale', red: 0.8 }, event])
    expect(JSON.parse(String((await message)[0]))).toMatchObject({ type: 'alert', image: event })
    socket.close()
    await once(socket, 'close')
  })

  it('alerts as server-sent events whoever asks for no WebSocket, and says goodbye when it stops', async () => {
    const response = await fetch(`${url}/alerts?min_red=0.8`)
    expect(response.headers.get('content-type')).toBe('text/event-stream')
    const events = eventsOf(response)
    expect((await events.next()).value).toContain('event: subscribed')
    await post([{ ...event, image_id: 'pale', red: 0.8 }, event])
    const [, data = ''] = /^data: (.*)$/m.exec((await events.next()).value ?? '') ?? []
    expect(JSON.parse(data)).toMatchObject({ type: 'alert', image: event })
    const goodbye = events.next()
    await app.close()
    expect((await goodbye).value).toContain('event: goaway')
    expect((await events.next()).done).toBe(true)
  })

  it('refuses a web page of another origin', async () => {
    expect((await fetch(`${url}/alerts?min_red=0.8`, { headers: { origin: 'https://evil.example' } })).status).toBe(403)
  })

  it('has no head without its events', async () => {
    expect((await fetch(`${url}/alerts?min_red=0.8`, { method: 'HEAD' })).status).toBe(405)
  })
})

describe.each([
  ['a WebSocket', openWebSocket],
  ['server-sent events', openEvents],
])('the limit of connections of an address, with %s', (_, open) => {
  const limits = { connectionsPerAddress: 1 }

  it('is for each client that a trusted proxy names, whatever the client itself sends', async () => {
    await app.close()
    await start({ limits, proxies: ['127.0.0.0/8', '2001:db8::/32'] })
    expect(await open('192.0.2.1')).toBe('open')
    expect(await open('192.0.2.2')).toBe('open')
    expect(await open('192.0.2.1')).toBe(429)
    expect(await open('198.51.100.7, 192.0.2.2')).toBe(429)
    expect(await open('198.51.100.7, 192.0.2.2, 2001:db8::7')).toBe(429)
  })

  it('is for the proxy where that names no address', async () => {
    await app.close()
    await start({ limits, proxies: ['127.0.0.1'] })
    expect(await open('unknown')).toBe('open')
    expect(await open('192.0.2.1:5000')).toBe(429)
    expect(await open()).toBe(429)
  })

  it.each([[[]], [['10.0.0.0/8']]])('is for the peer where only %j are trusted', async (proxies) => {
    await app.close()
    await start({ limits, proxies })
    expect(await open('192.0.2.1')).toBe('open')
    expect(await open('192.0.2.2')).toBe(429)
  })
})

describe('the rest', () => {
  it.each([
    ['10.1.2.3', '192.0.2.1'],
    ['11.1.2.3', '11.1.2.3'],
  ])('takes what %s forwards as a request of %s', async (remoteAddress, client) => {
    const behind = await createStatsApp({
      stats,
      page,
      redUrl: 'http://127.0.0.1:4001',
      log: pino({ level: 'silent' }),
      proxies: ['10.0.0.0/8'],
    })
    behind.get('/client', async ({ ip }) => ip)
    const headers = { 'x-forwarded-for': '198.51.100.7, 192.0.2.1' }
    expect((await behind.inject({ url: '/client', remoteAddress, headers })).body).toBe(client)
    await behind.close()
  })

  it('serves the page and says where the pictures are', async () => {
    const response = await fetch(`${url}/`)
    expect(response.headers.get('content-security-policy')).toContain("default-src 'self'")
    expect(await response.text()).toContain('<title>RED_STATS</title>')
    expect((await get('/config')).body).toEqual({ red_url: 'http://127.0.0.1:4001' })
    expect((await get('/health')).body).toEqual({ status: 'up' })
  })

  it('answers an address that cannot be read with 400 in JSON', async () => {
    expect(await get('/stats/%ff')).toMatchObject({ status: 400, body: { error: { code: 'BAD_URL' } } })
  })

  it('answers an unknown address with 404 in JSON', async () => {
    expect(await get('/nothing')).toMatchObject({ status: 404, body: { error: { code: 'NOT_FOUND' } } })
  })
})

function forwardedBy(address: string | undefined): Record<string, string> {
  return address === undefined ? {} : { 'x-forwarded-for': address }
}

/** Gives the status of a refusal; an open connection stays until the server ends it. */
async function openWebSocket(forwardedFor?: string): Promise<'open' | number | undefined> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/alerts?min_red=0.8`, {
    headers: forwardedBy(forwardedFor),
  })
  socket.on('error', () => {}) // of the end of a refused attempt
  return Promise.race([
    once(socket, 'open').then(() => 'open' as const),
    once(socket, 'unexpected-response').then(([attempt, { statusCode }]) => {
      attempt.destroy()
      return statusCode
    }),
  ])
}

/** Likewise; not by `fetch`, which closes a connection whose answer nobody holds any more. */
async function openEvents(forwardedFor?: string): Promise<'open' | number | undefined> {
  const [response] = await once(
    request(`${url}/alerts?min_red=0.8`, { headers: forwardedBy(forwardedFor) }).end(),
    'response',
  )
  response.resume()
  return response.statusCode === 200 ? 'open' : response.statusCode
}

/** The server-sent events of an answer, each as it was written; comments, which keep the connection alive, are none. */
async function* eventsOf({ body }: Response): AsyncGenerator<string, undefined> {
  const decoder = new TextDecoder()
  let text = ''
  for await (const part of body ?? []) {
    const events = (text + decoder.decode(part, { stream: true })).split('\n\n')
    text = events.pop() ?? ''
    yield* events.filter((event) => !event.startsWith(':'))
  }
}
