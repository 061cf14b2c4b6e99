// Draws docs/pictures/page*.png: the page of a running example server, with an hour of invented events, and with pictures
// that were uploaded on it.
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { serve } from '../../test/examples/server/run-server.ts'
import { launchChromium } from '../../test/servers/chromium.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const pictures = readdirSync(join(root, 'examples/images')).filter((name) => /\.(jpg|png|webp)$/.test(name))
const data = mkdtempSync(join(tmpdir(), 'ruddle-page-'))
const server = await serve(data)
const browser = await launchChromium()
try {
  await invent(server.statsUrl)
  const page = await browser.newPage({ reducedMotion: 'reduce', locale: 'en-GB', viewport: { width: 1280, height: 1090 } })
  await page.goto(`${server.statsUrl}/#red=0.17`)
  await page.locator('#connection[data-state=open]').waitFor()
  for (const picture of pictures) {
    await page.locator('#files').setInputFiles(join(root, 'examples/images', picture))
    await page.locator('#uploads li:first-child[data-status=done]').waitFor()
  }
  await page.waitForLoadState('networkidle')
  await draw('page')
  await page.emulateMedia({ colorScheme: 'dark' })
  await draw('page-dark')
  await page.emulateMedia({ colorScheme: 'light' })
  await page.setViewportSize({ width: 400, height: 1120 })
  await draw('page-narrow')

  async function draw(name: string): Promise<void> {
    await page.screenshot({ path: fileURLToPath(new URL(`${name}.png`, import.meta.url)) })
  }
} finally {
  await browser.close()
  await server.stop()
  rmSync(data, { recursive: true, force: true })
}

/** Events of the last hour, more and redder around a time; the same at each run. */
async function invent(statsUrl: string): Promise<void> {
  let seed = 7
  const random = (): number => {
    seed = (seed * 48_271) % 2_147_483_647
    return seed / 2_147_483_647
  }
  const end = Date.now() - 90_000
  const events = Array.from({ length: 2600 }, (_, index) => {
    const isWave = random() < 0.35
    const age = isWave ? 1_300_000 + 330_000 * (random() + random() + random() - 1.5) : 3_500_000 * random()
    const red = isWave ? 0.2 + 0.75 * ((random() + random()) / 2) : random() ** 3
    return { image_id: `invented-${index}`, timestamp: Math.round(end - age), client_id: 'camera', red }
  })
  const response = await fetch(`${statsUrl}/stats`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(events),
  })
  if (!response.ok) throw new Error(`RED_STATS answered ${response.status}: ${await response.text()}`)
}
