import { fileURLToPath } from 'node:url'
import type { Browser } from 'playwright-core'
import { createServer, type ViteDevServer } from 'vite'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { redRatioOf } from '../../src/red-ratio/image.ts'
import { chromiumPath, launchChromium } from '../servers/chromium.ts'
import type {} from './measure-canvas.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
const picture = 'examples/images/stop-sign.png'

describe.skipIf(chromiumPath === undefined)(
  'on the ImageData of a canvas in Chromium, the counts are those of the file',
  () => {
    let browser: Browser
    let server: ViteDevServer
    let origin: string
    beforeAll(async () => {
      browser = await launchChromium()
      server = await createServer({ root, configFile: false, logLevel: 'silent', server: { port: 0, hmr: false } })
      await server.listen()
      origin = server.resolvedUrls!.local[0]!
    })
    afterAll(async () => {
      await server?.close()
      await browser?.close()
    })

    it.each([
      ['with WebAssembly', "default-src *; script-src 'self' 'wasm-unsafe-eval'", true],
      ['where the page forbids WebAssembly', "default-src *; script-src 'self'", false],
    ])('%s', async (_, policy, allowed) => {
      const page = await browser.newPage()
      await page.route('**/*', async (route) => {
        const response = await route.fetch()
        await route.fulfill({ response, headers: { ...response.headers(), 'content-security-policy': policy } })
      })
      await page.goto(origin + picture)
      await page.addScriptTag({ type: 'module', url: '/test/red-ratio/measure-canvas.ts' })
      const result = await page.evaluate(() => window.measureCanvas())
      const { pixels, redWeight, ratio } = await redRatioOf(root + picture)
      expect(result.compilesWebAssembly).toBe(allowed)
      expect(ratio).toBeGreaterThan(0.2)
      expect(result.details).toMatchObject({ ratio, redWeight, pixels })
      expect(result.weighted).toMatchObject({ ratio, redWeight: redWeight * 255, pixels })
      expect(result.narrower).toBe((await redRatioOf(root + picture, { definition: 'area/1:h15,s50,v20' })).ratio)
      await page.close()
    })
  },
)
