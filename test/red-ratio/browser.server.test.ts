import { readFileSync } from 'node:fs'
import { build } from 'esbuild'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { redRatioOf } from '../../src/red-ratio/image.ts'
import { chromiumPath, launchChromium } from '../servers/chromium.ts'
import type {} from './measure-canvas.ts'

const picture = 'examples/images/stop-sign.png'

describe.skipIf(chromiumPath === undefined)(
  'on the ImageData of a canvas in Chromium, the counts are those of the file',
  () => {
    let browser: Browser
    let script: string
    beforeAll(async () => {
      browser = await launchChromium()
      const { outputFiles } = await build({
        entryPoints: ['test/red-ratio/measure-canvas.ts'],
        bundle: true,
        format: 'esm',
        write: false,
      })
      script = outputFiles[0]!.text
    })
    afterAll(async () => browser?.close())

    it.each([
      ['with WebAssembly', "default-src *; script-src 'self' 'wasm-unsafe-eval'", true],
      ['where the page forbids WebAssembly', "default-src *; script-src 'self'", false],
    ])('%s', async (_, policy, allowed) => {
      const page = await browser.newPage()
      const answers: Record<string, [type: string, body: string | Buffer]> = {
        '/': ['text/html', '<!doctype html><img src=picture.png><script type=module src=script.js></script>'],
        '/script.js': ['text/javascript', script],
        '/picture.png': ['image/png', readFileSync(picture)],
      }
      await page.route('http://page.test/**', async (route) => {
        const [contentType, body] = answers[new URL(route.request().url()).pathname]!
        await route.fulfill({ contentType, body, headers: { 'content-security-policy': policy } })
      })
      await page.goto('http://page.test/')
      const result = await page.evaluate(() => window.measureCanvas())
      const { pixels, redWeight, ratio } = await redRatioOf(picture)
      expect(result.compilesWebAssembly).toBe(allowed)
      expect(ratio).toBeGreaterThan(0.2)
      expect(result.details).toMatchObject({ ratio, redWeight, pixels })
      expect(result.weighted).toMatchObject({ ratio, redWeight: redWeight * 255, pixels })
      expect(result.narrower).toBe((await redRatioOf(picture, { definition: 'area/1:h15,s50,v20' })).ratio)
      await page.close()
    })
  },
)
