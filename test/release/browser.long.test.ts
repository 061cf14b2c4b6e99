// A page that uses the entries for browsers, built by Vite from the packed file, in Chromium beside a real server.
import { readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { memoryStore, RedStats } from '../../src/red-stats/index.ts'
import { type WebSocketTransport, webSocketTransport } from '../../src/red-stats/transports/websocket.ts'
import { chromiumPath, launchChromium } from '../servers/chromium.ts'
import { type Output, type Rehearsal, rehearse, runBin } from './rehearsal.ts'

const page = `
import { jsonCompare, jsonDiff } from 'ruddle/json-compare'
import { redRatio } from 'ruddle/red-ratio'
import { connectRedStats } from 'ruddle/red-stats/client'

async function firstResults(): Promise<unknown> {
  const context = document.createElement('canvas').getContext('2d')!
  context.fillStyle = 'red'
  context.fillRect(0, 0, 75, 150)
  const results: unknown[] = [
    jsonCompare({ red: 0.1 + 0.2, ids: [1, 2] }, { red: 0.3, ids: [1, 2] }),
    jsonDiff({ red: 0.85 }, { red: 0.75 }).map(({ kind, path }) => [kind, path].join(' ')),
    redRatio(context.getImageData(0, 0, 150, 150), { alpha: 'ignore' }),
  ]
  const alerts = connectRedStats(location.origin.replace('http', 'ws'), {
    minRed: 0.8,
    onState: (state) => state === 'open' && void fetch('/record', { method: 'POST' }),
  })
  for await (const message of alerts) {
    if (message.type === 'alert') results.push(message.image)
    alerts.close()
  }
  return [...results, alerts.state]
}
Object.assign(window, { firstResults })
`

const files = {
  'package.json': '{ "private": true, "type": "module" }',
  'index.html': '<!doctype html><title>page</title><script type="module" src="/main.ts"></script>',
  'main.ts': page,
}

describe.skipIf(chromiumPath === undefined)('a page that Vite builds', () => {
  let release: Rehearsal
  let browser: Browser
  let stats: RedStats
  let server: Server
  let alerts: WebSocketTransport
  let folder: string
  let built: Output

  beforeAll(async () => {
    release = await rehearse()
    folder = release.project('browser', files)
    built = await runBin('vite/bin/vite.js', ['build', '--logLevel', 'warn'], folder)
    stats = new RedStats({ store: memoryStore() })
    server = createServer(async ({ url = '/' }, response) => {
      response.setHeader('content-type', url.endsWith('.js') ? 'text/javascript' : 'text/html')
      response.end(await answer(url))
    })
    alerts = await webSocketTransport(stats, { server })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    browser = await launchChromium()
  }, 300_000)
  afterAll(async () => {
    await browser?.close()
    await alerts?.close()
    server?.close()
    await stats?.close()
    release?.[Symbol.dispose]()
  })

  /** The built page; and an event that the page is to be told of. */
  async function answer(path: string): Promise<string | Buffer> {
    if (path === '/') return readFileSync(join(folder, 'dist/index.html'))
    if (path.startsWith('/assets/')) return readFileSync(join(folder, 'dist', path))
    if (path === '/record') await stats.record({ imageId: 'tomatoes', timestamp: 0, clientId: 'kitchen', red: 0.85 })
    return ''
  }

  it('needs nothing of Node', () => {
    expect(built).toEqual({ stdout: '', stderr: '' }) // Vite warns of modules that browsers do not have
  })

  it('compares, measures and follows alerts in Chromium', async () => {
    const { port } = server.address() as AddressInfo
    const tab = await browser.newPage()
    const problems: string[] = []
    tab.on('pageerror', (error) => problems.push(error.message))
    await tab.goto(`http://127.0.0.1:${port}/`)
    const results = await tab.evaluate('firstResults()')
    expect(results).toEqual([
      true,
      ['changed /red'],
      0.5,
      { image_id: 'tomatoes', timestamp: 0, client_id: 'kitchen', red: 0.85 },
      'closed',
    ])
    expect(problems).toEqual([])
  })
})
