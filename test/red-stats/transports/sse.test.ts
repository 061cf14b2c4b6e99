import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { afterEach, describe, expect, it } from 'vitest'
import { type SseServer, sseServer } from './sse-server.ts'

let running: SseServer | undefined
const children: ChildProcess[] = []
afterEach(async () => {
  for (const child of children.splice(0)) child.kill()
  await running?.close()
  running = undefined
})
const serve = async (...options: Parameters<typeof sseServer>): Promise<SseServer> => {
  running = await sseServer(...options)
  return running
}

interface Curl {
  /** The next block of lines, without the empty line that ends it. */
  next(): Promise<string>
  /** The next that is not the comment that keeps the connection open, of which the first may come at any time. */
  block(): Promise<string>
  /** Blocks until one holds an alert. */
  alert(): Promise<{ id: string; seq: number; red: number }>
  kill(): void
  readonly ended: Promise<unknown>
}

/** The program itself, as a user would call it. */
function curl(...options: readonly string[]): Curl {
  const child = spawn('curl', ['-sN', ...options], { stdio: ['ignore', 'pipe', 'inherit'] })
  children.push(child)
  const ended = once(child, 'close')
  let text = ''
  let wake: () => void = () => {}
  child.stdout.setEncoding('utf8').on('data', (more: string) => {
    text += more
    wake()
  })
  child.on('close', () => wake())
  async function next(): Promise<string> {
    for (;;) {
      const end = text.indexOf('\n\n')
      if (end >= 0) {
        const found = text.slice(0, end)
        text = text.slice(end + 2)
        return found
      }
      if (child.exitCode !== null) throw new Error(`curl ended with ${child.exitCode} after ${JSON.stringify(text)}`)
      await new Promise<void>((resolve) => {
        wake = resolve
      })
    }
  }
  async function block(): Promise<string> {
    for (;;) {
      const found = await next()
      if (found !== ':') return found
    }
  }
  return {
    next,
    block,
    alert: async () => {
      for (;;) {
        const [, id, data] = (await block()).match(/^id: (.*)\ndata: (.*)$/) ?? []
        if (id !== undefined && data !== undefined) {
          const { seq, image } = JSON.parse(data)
          return { id, seq, red: image.red }
        }
      }
    },
    kill: () => child.kill(),
    ended,
  }
}

describe('curl', () => {
  it('reads how it began, then the alerts', async () => {
    const { url, record } = await serve()
    const client = curl(`${url}/alerts?min_red=0.8`)
    expect(await client.block()).toMatch(
      /^retry: 2000\nevent: subscribed\nid: [^\n]+:0\ndata: \{"type":"subscribed",.*\}$/,
    )
    for (const red of [0.85, 0.8, 0.9]) await record(red)
    expect(await client.block()).toMatch(
      /^id: [^\n]+:1\ndata: \{"type":"alert","seq":1,"cursor":"[^"]+:1","image":\{"image_id":"0","timestamp":0,"client_id":"camera","red":0.85\}\}$/,
    )
    expect(await client.alert()).toMatchObject({ seq: 3, red: 0.9 })
  })

  it('goes on where it was with Last-Event-ID', async () => {
    const { url, record } = await serve()
    const first = curl(`${url}/alerts?min_red=0.5`)
    await first.block()
    await record(0.9)
    const { id } = await first.alert()
    first.kill()
    await record(0.8)
    await record(0.1)
    const second = curl('-H', `Last-Event-ID: ${id}`, `${url}/alerts?min_red=0.5`)
    expect(await second.block()).toMatch(/"recovered":true,"replayed":1\}$/)
    await record(0.7)
    expect([(await second.alert()).seq, (await second.alert()).seq]).toEqual([2, 4])
  })

  it('is told what may be missing, by a place it can go on from', async () => {
    const { url, record } = await serve()
    const client = curl('-H', 'Last-Event-ID: other:7', `${url}/alerts?min_red=0.5`)
    const block = await client.block()
    expect(block).toMatch(/\nid: [^\n]+:0\n/)
    expect(block).toMatch(/"recovered":false,"replayed":0,"gap":\{"type":"gap","from":"other:7"/)
    await record(0.9)
    expect((await client.alert()).seq).toBe(1)
  })

  it('is sent a comment now and then', async () => {
    const { url } = await serve({ commentMs: 100 })
    const client = curl(`${url}/alerts?min_red=0.5`)
    await client.block()
    expect(await client.next()).toBe(':')
  })

  it('reads the reason of a refusal', async () => {
    const { url } = await serve()
    const output = curl('-w', '%{http_code}\n\n', `${url}/alerts?min_red=7`)
    expect(await output.block()).toMatch(/^\{"error":\{"code":"INVALID","message":"[^"]*min_red[^}]*\}\}400$/)
  })

  it('is told to come back when the server stops, and ended', async () => {
    const { url, record, transport } = await serve()
    const client = curl(`${url}/alerts?min_red=0.5`)
    await client.block()
    await record(0.9)
    const closed = transport.close()
    expect((await client.alert()).seq).toBe(1)
    expect(await client.block()).toMatch(/^event: goaway\nretry: \d+\ndata: \{"type":"goaway","retry_after_ms":\d+\}$/)
    expect(await client.ended).toEqual([0, null])
    await closed
    expect(transport.connections).toBe(0)
  })

  it('that goes away is forgotten', async () => {
    const { url, stats, transport } = await serve()
    const client = curl(`${url}/alerts?min_red=0.5`)
    await client.block()
    expect(stats.metrics()).toMatchObject({ connections: 1, subscriptions: 1 })
    client.kill()
    while (transport.connections > 0) await new Promise((resolve) => setTimeout(resolve, 5))
    expect(stats.metrics()).toMatchObject({ connections: 0, subscriptions: 0 })
  })
})

describe('a request', () => {
  const get = (url: string, headers: Record<string, string> = {}) => fetch(url, { headers })

  it('for another method is 405', async () => {
    const { url } = await serve()
    const { status, headers } = await fetch(`${url}/alerts?min_red=0.5`, { method: 'POST' })
    expect([status, headers.get('allow')]).toEqual([405, 'GET'])
  })

  it.each(['', '?min_red=', '?min_red=x', '?min_red=0.5&scope=x'])('for "%s" is 400', async (query) => {
    const { url } = await serve()
    expect((await get(`${url}/alerts${query}`)).status).toBe(400)
  })

  it('of a page of another site is 403, of an allowed one is readable to it', async () => {
    const { url } = await serve({ allowedOrigins: ['https://example.org'] })
    const from = (origin: string) => get(`${url}/alerts?min_red=0.5`, { origin })
    expect((await from('https://evil.example')).status).toBe(403)
    const allowed = await from('https://example.org')
    expect([allowed.status, allowed.headers.get('access-control-allow-origin')]).toEqual([200, 'https://example.org'])
    await allowed.body?.cancel()
  })

  it('is authenticated by header or, for EventSource, by address', async () => {
    const { url, stats } = await serve({
      authenticate: ({ token }) =>
        token === 'ann' ? { clientId: 'ann' } : token === 'old' ? { clientId: 'ann', expiresAt: 1 } : undefined,
    })
    const address = `${url}/alerts?min_red=0.5`
    for (const response of [await get(address, { authorization: 'Bearer ann' }), await get(`${address}&token=ann`)]) {
      expect(response.status).toBe(200)
      await response.body?.cancel()
    }
    for (const query of ['', '&token=bob', '&token=old']) expect((await get(address + query)).status).toBe(401)
    expect(stats.metrics().auth_failures).toBe(3)
  })

  it('sees own images only when the server says so', async () => {
    const { url, record } = await serve({ authenticate: () => ({ clientId: 'bob', images: 'own' }) })
    expect((await get(`${url}/alerts?min_red=0.5&scope=all`)).status).toBe(403)
    const client = curl(`${url}/alerts?min_red=0.5`)
    await client.block()
    await record(0.9, 'ann')
    await record(0.9, 'bob')
    expect((await client.alert()).seq).toBe(2)
  })

  it('is ended when its token expires', async () => {
    let time = 1000
    const { url } = await serve({ authenticate: () => ({ clientId: 'ann', expiresAt: 1050 }), now: () => time })
    const client = curl(`${url}/alerts?min_red=0.5`)
    expect(await client.block()).toContain('event: subscribed')
    time = 1050
    expect(await client.ended).toEqual([0, null])
  })

  it('above the limits is 429 or 503', async () => {
    const { url } = await serve({
      limits: { connections: 2, connectionsPerClient: 1 },
      authenticate: () => ({ clientId: 'ann' }),
    })
    const first = await get(`${url}/alerts?min_red=0.5`)
    expect((await get(`${url}/alerts?min_red=0.5`)).status).toBe(429)
    await first.body?.cancel()
  })

  it('is 503 while the server cannot authenticate, and after it was stopped', async () => {
    const { url, transport } = await serve({ authenticate: () => Promise.reject(new Error('down')) })
    expect((await get(`${url}/alerts?min_red=0.5`)).status).toBe(503)
    await transport.close()
    expect((await get(`${url}/alerts?min_red=0.5`)).status).toBe(503)
  })
})

it('holds back for a client that does not read, and sends it everything later', async () => {
  const { url, stats } = await serve()
  const response = await fetch(`${url}/alerts?min_red=0.5`)
  for (let batch = 0; batch < 9; batch++) {
    await stats.record(
      Array.from({ length: 5000 }, (_, at) => ({
        imageId: `${'x'.repeat(240)}${batch}/${at}`,
        timestamp: 0,
        clientId: 'me',
        red: 0.9,
      })),
    )
    await new Promise((resolve) => setImmediate(resolve))
  }
  while (stats.metrics().lagging_connections === 0) await new Promise((resolve) => setTimeout(resolve, 5))
  expect(stats.metrics().buffered_bytes).toBeLessThan(200_000)
  let text = ''
  const seqs: number[] = []
  for await (const bytes of response.body!.pipeThrough(new TextDecoderStream())) {
    text += bytes
    const blocks = text.split('\n\n')
    text = blocks.pop()!
    for (const block of blocks) {
      const found = block.match(/"seq":(\d+)/)
      if (found !== null) seqs.push(Number(found[1]))
    }
    if (seqs.length === 45_000) break
  }
  expect(seqs).toEqual(Array.from({ length: 45_000 }, (_, at) => at + 1))
})
