// Draws docs/pictures/page.png: the page of a running example server after its demonstration.
import { fileURLToPath } from 'node:url'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startServer } from '../../test/examples/server/run-server.ts'
import { launchChromium } from '../../test/servers/chromium.ts'

const data = mkdtempSync(join(tmpdir(), 'ruddle-page-'))
const server = await startServer(['--no-demo', '--data', data])
while (!server.output().includes('Serving')) await new Promise((resolve) => server.process.stdout!.once('data', resolve))

const browser = await launchChromium()
try {
  const page = await browser.newPage({ viewport: { width: 1200, height: 860 } })
  await page.goto(server.statsUrl)
  await page.locator('#connection[data-state=live]').waitFor()
  const { uploadFolder } = await import('ruddle/upload')
  await uploadFolder('examples/images', { url: `${server.redUrl}/images` })
  await page.locator('#alerts li:nth-child(4)').waitFor()
  await page.waitForLoadState('networkidle')
  await page.screenshot({ path: fileURLToPath(new URL('page.png', import.meta.url)) })
} finally {
  await browser.close()
  await server.stop()
  rmSync(data, { recursive: true, force: true })
}
