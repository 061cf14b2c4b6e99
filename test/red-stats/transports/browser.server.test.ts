import { createServer } from 'node:http'
import type { Browser, Page } from 'playwright-core'
import { build, type Rollup } from 'vite'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { connectRedStats as connect } from '../../../src/red-stats/client/index.ts'
import { chromiumPath, launchChromium } from '../../servers/chromium.ts'
import { type AlertServer, alertServer } from './alert-server.ts'
import { type SseServer, sseServer } from './sse-server.ts'

let browser: Browser
const closing: { close(): Promise<unknown> }[] = []
beforeAll(async () => {
  if (chromiumPath !== undefined) browser = await launchChromium()
})
afterEach(async () => {
  for (const it of closing.splice(0)) await it.close()
})
afterAll(async () => browser?.close())

async function pageOf(url: string): Promise<Page> {
  const page = await browser.newPage()
  closing.push(page)
  await page.goto(url)
  return page
}

/** What the page has put into the list `seen`, once it has so many. */
async function seen(page: Page, count: number): Promise<string[]> {
  await page.waitForFunction((count) => (globalThis as unknown as { seen: string[] }).seen.length >= count, count)
  return page.evaluate(() => (globalThis as unknown as { seen: string[] }).seen)
}

describe.skipIf(chromiumPath === undefined)('EventSource in Chromium', () => {
  async function serve(...options: Parameters<typeof sseServer>): Promise<SseServer> {
    const server = await sseServer(...options)
    closing.push(server)
    return server
  }

  const listen = (address: string) => {
    const seen: string[] = []
    const source = new EventSource(address)
    source.onmessage = ({ data }) => seen.push(`alert ${JSON.parse(data).seq}`)
    for (const name of ['subscribed', 'gap', 'goaway']) {
      source.addEventListener(name, ({ data }) => {
        const { recovered } = JSON.parse(data)
        seen.push(recovered === undefined ? name : `${name} ${recovered}`)
      })
    }
    Object.assign(globalThis, { seen, source })
  }

  it('reads alerts', async () => {
    const { url, record } = await serve()
    const page = await pageOf(url)
    await page.evaluate(listen, '/alerts?min_red=0.5')
    await seen(page, 1)
    for (const red of [0.9, 0.1, 0.8]) await record(red)
    expect(await seen(page, 3)).toEqual(['subscribed', 'alert 1', 'alert 3'])
  })

  it('comes back by itself, and is sent what it missed', async () => {
    const server = await serve({ retryMs: 50 })
    const page = await pageOf(server.url)
    await page.evaluate(listen, '/alerts?min_red=0.5')
    await seen(page, 1)
    await server.record(0.9)
    await seen(page, 2)
    server.dropAll()
    await server.record(0.8)
    expect(await seen(page, 4)).toEqual(['subscribed', 'alert 1', 'subscribed true', 'alert 2'])
  })

  it('is told that it may have missed something', async () => {
    const server = await serve({ retryMs: 50 }, { rememberedEvents: 2 })
    const page = await pageOf(server.url)
    await page.evaluate(listen, '/alerts?min_red=0.5')
    await seen(page, 1)
    await server.record(0.9)
    await seen(page, 2)
    server.dropAll()
    for (let more = 0; more < 5; more++) await server.record(0.8)
    expect(await seen(page, 5)).toEqual(['subscribed', 'alert 1', 'subscribed false', 'alert 5', 'alert 6'])
  })

  it('of a page of another site reads nothing', async () => {
    const { url } = await serve()
    const other = await serve()
    const page = await pageOf(other.url)
    const failed = page.evaluate(
      (address) =>
        new Promise((resolve) => {
          const source = new EventSource(address)
          source.onerror = () => resolve(source.readyState)
        }),
      `${url}/alerts?min_red=0.5`,
    )
    expect(await failed).toBe(2) // closed for good
  })
})

describe.skipIf(chromiumPath === undefined)('connectRedStats in Chromium', () => {
  let script: string
  beforeAll(async () => {
    const built = await build({
      configFile: false,
      logLevel: 'error',
      build: { write: false, lib: { entry: 'src/red-stats/client/index.ts', formats: ['es'] } },
    })
    script = (built as Rollup.RollupOutput[])[0]!.output[0].code
  })

  /** A site whose page loads the client. */
  async function site(): Promise<string> {
    const server = createServer((request, response) => {
      if (request.url === '/client.js') response.setHeader('content-type', 'text/javascript').end(script)
      else
        response.setHeader('content-type', 'text/html').end(`<!doctype html><script type="module">
        import { connectRedStats } from '/client.js'
        globalThis.connectRedStats = connectRedStats
      </script>`)
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    if (typeof address !== 'object' || address === null) throw new Error('The server got no port')
    closing.push({
      close: async () => {
        server.closeAllConnections()
        server.close()
      },
    })
    return `http://127.0.0.1:${address.port}`
  }

  async function watch(page: Page, port: number): Promise<void> {
    await page.waitForFunction(() => 'connectRedStats' in globalThis)
    await page.evaluate((port) => {
      const { connectRedStats } = globalThis as unknown as { connectRedStats: typeof connect }
      const seen: string[] = []
      Object.assign(globalThis, { seen })
      const alerts = connectRedStats(`ws://127.0.0.1:${port}`, {
        minRed: 0.5,
        random: () => 0.01,
        onState: (state) => seen.push(state),
      })
      void (async () => {
        for await (const message of alerts) seen.push(message.type === 'gap' ? 'gap' : `alert ${message.seq}`)
      })()
    }, port)
  }

  it('uses no module of Node', () => expect(script).not.toMatch(/^import|require\(|["']node:/m))

  it('reads alerts, comes back, and misses nothing', async () => {
    const origin = await site()
    const server: AlertServer = await alertServer({ allowedOrigins: [origin], closeTimeoutMs: 50 })
    closing.push(server)
    const page = await pageOf(origin)
    await watch(page, server.port)
    await seen(page, 1)
    await server.record(0.9)
    await seen(page, 2)
    server.dropAll()
    await server.record(0.8)
    await server.record(0.7)
    const states = ['open', 'alert 1', 'waiting', 'connecting', 'open', 'alert 2', 'alert 3']
    expect(await seen(page, states.length)).toEqual(states)
  })

  it('may not be used by the pages of other sites', async () => {
    const origin = await site()
    const server = await alertServer()
    closing.push(server)
    const page = await pageOf(origin)
    await watch(page, server.port)
    expect((await seen(page, 3)).slice(0, 3)).toEqual(['waiting', 'connecting', 'waiting'])
    expect(server.transport.connections).toBe(0)
  })
})
