import { describe, expect, it } from 'vitest'
import { uploadFolder } from '../../src/upload/index.ts'
import { CERTIFICATE, KEY } from './certificate.ts'
import { jpeg, testFolder } from './folder.ts'
import { outcomeOf, SHORT } from './outcome.ts'
import { answerOf, answers, type Fault, hashOf, type Incoming, receiver, reset } from './receiver.ts'

const FILES = { 'a.jpg': jpeg(2000, 1), 'b.jpg': jpeg(3000, 2), 'c.jpg': jpeg(4000, 3) }
/** Large enough that the system cannot take it all at once. */
const LARGE = { 'a.jpg': jpeg(2000, 1), 'b.jpg': jpeg(12_000_000, 2), 'c.jpg': jpeg(4000, 3) }
/** Something happens to b.jpg; a.jpg and c.jpg must not notice. */
const toB =
  (fault: Fault, upTo = 1) =>
  ({ name, attempt }: Incoming): Fault | undefined =>
    name === 'b.jpg' && attempt <= upTo ? fault : undefined
const atOnce = (act: Fault['act']): Fault => ({ when: 'at once', act })
const always = Number.POSITIVE_INFINITY

/** A clock that does not wait, and what it was asked to wait. */
function testClock(now = 1_700_000_000_000) {
  const sleeps: number[] = []
  return {
    sleeps,
    now: () => now,
    sleep: async (ms: number) => {
      sleeps.push(Math.round(ms))
      now += ms
    },
  }
}

describe('what is retried', () => {
  const retried: Record<string, Fault> = {
    'status 408': answers(408),
    'status 425': answers(425),
    'status 429': answers(429),
    'status 500': answers(500),
    'status 502': answers(502),
    'status 503': answers(503),
    'status 504': answers(504),
    'a reset in the middle of the file': atOnce(reset),
    'an end of the connection in the middle of the file': atOnce((socket) => socket.end()),
    'a server that stops reading': atOnce((socket) => void socket.pause()),
    'a reset after the file': { when: 'whole', act: reset },
    'no answer': { when: 'whole', act: () => {} },
    'an answer that breaks off': {
      when: 'whole',
      act: (socket) => socket.end('HTTP/1.1 201 Ok\r\nContent-Length: 9\r\n\r\na'),
    },
    'an answer that is none': { when: 'whole', act: (socket) => socket.end('yes\r\n\r\n') },
  }
  for (const [what, fault] of Object.entries(retried)) {
    it(`sends a file again, whole and with the same key, after ${what}`, async () => {
      const files = fault.when === 'at once' ? LARGE : FILES
      using folder = testFolder(files)
      await using server = await receiver({ fault: toB(fault, 2) })
      const waits = what === 'no answer' || what === 'a server that stops reading'
      const { results, summary } = await outcomeOf(folder.path, server, {
        retry: { baseMs: 0, attempts: 9 },
        ...(waits && { timeouts: SHORT }),
      })
      expect(summary).toMatchObject({ uploaded: 3, failed: 0 })
      // a connection that breaks when it is used again costs no attempt, once
      expect(results.get('b.jpg')?.attempts).toBeGreaterThanOrEqual(2)
      expect(server.requests.filter(({ name }) => name === 'b.jpg').length).toBeGreaterThanOrEqual(3)
      if (!waits) expect(results.get('a.jpg')?.attempts).toBe(1)
      const keys = server.requests
        .filter(({ name }) => name === 'b.jpg')
        .map(({ head }) => /idempotency-key: (\S+)/i.exec(head)?.[1])
      expect(new Set(keys).size).toBe(1)
      expect(server.received.find(({ name }) => name === 'b.jpg')?.hash).toBe(hashOf(files['b.jpg']))
    })
  }

  for (const status of [
    400, 402, 403, 404, 405, 409, 410, 411, 413, 415, 418, 422, 501, 505, 300, 301, 302, 303, 304,
  ]) {
    it(`does not send a file again after status ${status}`, async () => {
      using folder = testFolder(FILES)
      const fault = answers(status, status === 304 ? {} : { Location: '/elsewhere' }, status === 304 ? '' : 'because')
      await using server = await receiver({ fault: toB(fault, always) })
      const { results, summary } = await outcomeOf(folder.path, server)
      expect(summary).toMatchObject({ uploaded: 2, failed: 1, byReason: { [`HTTP_${status}`]: 1 } })
      expect(results.get('b.jpg')).toMatchObject({
        attempts: 1,
        response: { status },
        error: { retryable: false, phase: 'answer' },
      })
    })
  }

  it('gives a file up after the attempts allowed, with the last answer', async () => {
    using folder = testFolder(FILES)
    await using server = await receiver({ fault: toB(answers(503, {}, 'busy'), always) })
    const { results } = await outcomeOf(folder.path, server, { retry: { baseMs: 0, attempts: 3 } })
    expect(results.get('b.jpg')).toMatchObject({
      status: 'failed',
      attempts: 3,
      error: { code: 'HTTP_503', retryable: true },
      response: { status: 503, body: 'busy' },
    })
  })

  it('retries nothing when told so', async () => {
    using folder = testFolder(FILES)
    await using server = await receiver({ fault: toB(answers(503)) })
    const { results } = await outcomeOf(folder.path, server, { retry: false })
    expect(results.get('b.jpg')).toMatchObject({ status: 'failed', attempts: 1 })
  })

  it('does not send again what the server may have, when told so', async () => {
    using folder = testFolder(FILES)
    await using server = await receiver({ fault: toB({ when: 'whole', act: () => {}, keeps: true }, always) })
    const { results } = await outcomeOf(folder.path, server, { retry: { ambiguous: false }, timeouts: SHORT })
    expect(results.get('b.jpg')).toMatchObject({
      status: 'failed',
      attempts: 1,
      error: { code: 'HEADERS_TIMEOUT', phase: 'answer' },
    })
  })

  it('waits a random part of a time that doubles, up to a limit', async () => {
    using folder = testFolder({ 'b.jpg': jpeg(2000) })
    await using server = await receiver({ fault: toB(answers(500), always) })
    const clock = testClock()
    await outcomeOf(folder.path, server, { clock, retry: { attempts: 7, baseMs: 100, maxMs: 900, random: () => 0.5 } })
    expect(clock.sleeps).toEqual([50, 100, 200, 400, 450, 450])
  })

  it('retries no more than the budget of the upload allows', async () => {
    using folder = testFolder(Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`${i}.jpg`, jpeg(100, i)])))
    await using server = await receiver({ fault: () => answers(500) })
    const retry = { baseMs: 0, budgetMin: 3, budgetRatio: 0.1 }
    const warnings: string[] = []
    const upload = uploadFolder(folder.path, { url: server.url, retry, concurrency: 1 })
    const summary = await upload.on('warning', (text) => warnings.push(text))
    expect(summary.failed).toBe(20)
    expect(warnings).toEqual(['The budget of retries is spent after 4 of them'])
    expect(server.requests.length).toBe(20 + 3 + 2)
  })
})

describe('Retry-After', () => {
  const now = Date.UTC(2030, 0, 1)
  const cases: Record<string, [string, number[]]> = {
    'in seconds': ['3', [3000]],
    'as a date': [new Date(now + 5000).toUTCString(), [5000]],
    'as a date that has passed': [new Date(now - 5000).toUTCString(), []],
    'cut to a minute': ['86400', [60_000]],
    'that is nonsense, by waiting as usual': ['soon', [100]],
    'that is negative, by waiting as usual': ['-5', [100]],
    'of zero': ['0', []],
  }
  for (const [what, [header, sleeps]] of Object.entries(cases)) {
    it(`heeds one ${what}`, async () => {
      using folder = testFolder({ 'b.jpg': jpeg(2000) })
      await using server = await receiver({ fault: toB(answers(503, { 'Retry-After': header })) })
      const clock = testClock(now)
      const { summary } = await outcomeOf(folder.path, server, { clock, retry: { baseMs: 200, random: () => 0.5 } })
      expect(summary.uploaded).toBe(1)
      expect(clock.sleeps).toEqual(sleeps)
    })
  }

  it('holds back all files, not only the one refused', async () => {
    using folder = testFolder(FILES)
    await using server = await receiver({
      fault: ({ index }) => (index === 0 ? answers(429, { 'Retry-After': '7' }) : undefined),
    })
    const clock = testClock(now)
    const requestsAtSleep: number[] = []
    const sleep = async (ms: number): Promise<void> => {
      requestsAtSleep.push(server.requests.length)
      await clock.sleep(ms)
    }
    const { summary } = await outcomeOf(folder.path, server, { clock: { now: clock.now, sleep }, concurrency: 1 })
    expect(summary.uploaded).toBe(3)
    expect(clock.sleeps).toEqual([7000])
    expect(requestsAtSleep).toEqual([1])
  })
})

describe('the circuit', () => {
  const many = Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`${i}.jpg`, jpeg(100, i)]))

  for (const status of [401, 403, 404]) {
    it(`opens after five times ${status} in a row`, async () => {
      using folder = testFolder(many)
      await using server = await receiver({ fault: () => answers(status) })
      const { summary, results } = await outcomeOf(folder.path, server, { concurrency: 1 })
      expect(summary).toMatchObject({ failed: 30, byReason: { [`HTTP_${status}`]: 5, CIRCUIT_OPEN: 25 } })
      expect(server.requests.length).toBe(5)
      expect([...results.values()].at(-1)).toMatchObject({
        attempts: 0,
        error: { code: 'CIRCUIT_OPEN', retryable: true, phase: 'stopped' },
      })
    })
  }

  it('opens when the server is not there', async () => {
    using folder = testFolder(many)
    const server = await receiver()
    await server[Symbol.asyncDispose]()
    const { summary } = await outcomeOf(folder.path, server, { concurrency: 1 })
    expect(summary).toMatchObject({ failed: 30, byReason: { ECONNREFUSED: 5, CIRCUIT_OPEN: 25 } })
  })

  it('stays closed when something succeeds in between', async () => {
    using folder = testFolder(many)
    await using server = await receiver({ fault: ({ index }) => (index % 5 === 4 ? undefined : answers(403)) })
    const { summary } = await outcomeOf(folder.path, server, { concurrency: 1 })
    expect(summary).toMatchObject({ uploaded: 6, failed: 24 })
  })

  it('stays closed when it is the files that are refused', async () => {
    using folder = testFolder(many)
    await using server = await receiver({ fault: () => answers(415) })
    const { summary } = await outcomeOf(folder.path, server)
    expect(summary).toMatchObject({ failed: 30, byReason: { HTTP_415: 30 } })
  })

  it('opens on a certificate that is not trusted', async () => {
    using folder = testFolder(many)
    await using server = await receiver({ tls: { key: KEY, cert: CERTIFICATE } })
    const { summary } = await outcomeOf(folder.path, server, { concurrency: 1 })
    expect(summary).toMatchObject({ failed: 30, byReason: { DEPTH_ZERO_SELF_SIGNED_CERT: 5, CIRCUIT_OPEN: 25 } })
  })

  it('gives up after maxErrors', async () => {
    using folder = testFolder(many)
    await using server = await receiver({ fault: () => answers(400) })
    const { summary } = await outcomeOf(folder.path, server, { concurrency: 1, maxErrors: 3 })
    expect(summary).toMatchObject({ failed: 30, byReason: { HTTP_400: 3, MAX_ERRORS: 27 } })
    expect(server.requests.length).toBe(3)
  })

  it('gives up a TLS connection that is not answered', async () => {
    using folder = testFolder({ 'a.jpg': jpeg(100) })
    await using silent = await receiver({ fault: () => atOnce(() => {}) })
    const { results } = await outcomeOf(folder.path, silent, {
      url: silent.url.replace('http', 'https'),
      retry: false,
      timeouts: SHORT,
    })
    expect(results.get('a.jpg')?.error).toMatchObject({ code: 'CONNECT_TIMEOUT', phase: 'connect' })
  })
})

describe('headers', () => {
  it('are asked for again, once for all, when they have expired', async () => {
    using folder = testFolder(FILES)
    await using server = await receiver({
      fault: ({ head }) => (head.includes('Bearer 2') ? undefined : answers(401)),
    })
    let asked = 0
    const { summary } = await outcomeOf(folder.path, server, {
      headers: async () => ({ Authorization: `Bearer ${++asked}` }),
      concurrency: 1,
    })
    expect(summary.uploaded).toBe(3)
    expect(asked).toBe(2)
    expect(server.requests.length).toBe(4)
  })

  it('are asked for once more only', async () => {
    using folder = testFolder({ 'b.jpg': jpeg(100) })
    await using server = await receiver({ fault: () => answers(401) })
    let asked = 0
    const headers = (): Record<string, string> => ({ Authorization: `Bearer ${++asked}` })
    const { results } = await outcomeOf(folder.path, server, { headers })
    expect(results.get('b.jpg')).toMatchObject({ status: 'failed', attempts: 2, error: { code: 'HTTP_401' } })
    expect(asked).toBe(2)
  })

  it('that cannot be had fail the files with the reason', async () => {
    using folder = testFolder(FILES)
    await using server = await receiver()
    const headers = async (): Promise<never> => {
      throw new Error('no token')
    }
    const { summary, results } = await outcomeOf(folder.path, server, { headers })
    expect(summary.byReason).toEqual({ CALLBACK_FAILED: 3 })
    expect(results.get('a.jpg')?.error?.message).toContain('`headers` failed')
    expect(server.connections).toBe(0)
  })

  it('that a function gives are checked, too', async () => {
    using folder = testFolder(FILES)
    await using server = await receiver()
    const { summary } = await outcomeOf(folder.path, server, { headers: () => ({ 'X-A': 'a\r\nX-B: b' }) })
    expect(summary.byReason).toEqual({ CALLBACK_FAILED: 3 })
  })

  it('of the caller and of the URL are sent', async () => {
    using folder = testFolder({ 'b.jpg': jpeg(100) })
    await using server = await receiver()
    const url = server.url.replace('http://', 'http://me:p%40ss@')
    await outcomeOf(folder.path, server, { url, headers: { 'X-Client': '7' }, idempotencyHeader: 'X-Key' }).catch(
      () => {},
    )
    const { head = '' } = server.requests[0] ?? {}
    expect(head).toContain('X-Client: 7')
    expect(head).toMatch(/X-Key: [\w-]{22}\r\n/)
    expect(head).toContain(`Basic ${Buffer.from('me:p@ss').toString('base64')}`)
    expect(head).not.toContain('me:p')
  })
})

describe('redirects', () => {
  for (const status of [307, 308]) {
    it(`are followed with the whole file after ${status}`, async () => {
      using folder = testFolder(LARGE)
      await using target = await receiver()
      await using server = await receiver({ fault: () => answers(status, { Location: `${target.url}?x=1` }) })
      const headers = { Authorization: 'Bearer secret', 'X-Api-Key': 'secret' }
      const { summary } = await outcomeOf(folder.path, { ...server, received: target.received }, { headers })
      expect(summary.uploaded).toBe(3)
      expect(server.requests[0]?.head).toContain('secret')
      expect(target.requests.map(({ head }) => head).join()).not.toContain('secret')
      expect(target.requests[0]?.head).toMatch(/^POST \/images\?x=1 /)
    })
  }

  it('to the same origin keep the headers', async () => {
    using folder = testFolder({ 'b.jpg': jpeg(100) })
    await using server = await receiver({
      fault: ({ head }) => (head.startsWith('POST /images') ? answers(307, { Location: '/moved' }) : undefined),
    })
    const { summary } = await outcomeOf(folder.path, server, { headers: { Authorization: 'Bearer secret' } })
    expect(summary.uploaded).toBe(1)
    expect(server.requests[1]?.head).toMatch(/^POST \/moved[\s\S]*Bearer secret/)
  })

  const bad: Record<string, Record<string, string>> = {
    'that never end': { Location: '/images' },
    'without a location': {},
    'to a file': { Location: 'file:///etc/passwd' },
    'to nonsense': { Location: 'http://[' },
  }
  for (const [what, headers] of Object.entries(bad)) {
    it(`${what} fail the file`, async () => {
      using folder = testFolder({ 'b.jpg': jpeg(100) })
      await using server = await receiver({ fault: () => answers(307, headers) })
      const { results } = await outcomeOf(folder.path, server)
      expect(results.get('b.jpg')?.error).toMatchObject({ code: 'BAD_REDIRECT', retryable: false })
      expect(server.requests.length).toBeLessThanOrEqual(6)
    })
  }
})

describe('a server of many moods', () => {
  it('gets every file in the end', async () => {
    const files = Object.fromEntries(
      Array.from({ length: 60 }, (_, i) => [`${i}.jpg`, jpeg(i % 7 === 0 ? 700_000 : 3000, i + 1)]),
    )
    using folder = testFolder(files)
    const moods: Fault[] = [
      answers(503),
      atOnce(reset),
      { when: 'whole', act: (socket) => socket.end() },
      { when: 'whole', act: (socket) => socket.end(answerOf(500, { Connection: 'close' }, 'x')) },
    ]
    await using server = await receiver({ fault: ({ index }) => (index % 3 === 1 ? moods[index % 4] : undefined) })
    const { summary } = await outcomeOf(folder.path, server, { retry: { baseMs: 0, attempts: 20, budgetMin: 1000 } })
    expect(summary).toMatchObject({ uploaded: 60, failed: 0 })
    for (const [name, bytes] of Object.entries(files)) {
      expect(server.received.find((one) => one.name === name)?.hash).toBe(hashOf(bytes))
    }
  })
})
