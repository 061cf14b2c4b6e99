import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { analyse, timingTree, toDot, toFlameHtml, toSvg } from '../../../src/profiling/analyse/index.ts'
import { chromiumPath, launchChromium } from '../../servers/chromium.ts'
import { logOf } from './lines.ts'

const folder = mkdtempSync(join(tmpdir(), 'ruddle-flame-'))
const requests: string[] = []
const errors: string[] = []
let browser: Browser | undefined
let page: Page

beforeAll(async () => {
  if (chromiumPath === undefined) return
  browser = await launchChromium()
  page = await browser.newPage({ viewport: { width: 800, height: 600 } })
  page.on('request', (request) => requests.push(request.url()))
  page.on('pageerror', (error) => errors.push(error.message))
  page.on('console', (message) => errors.push(message.text()))
})
afterAll(async () => {
  await browser?.close()
  rmSync(folder, { recursive: true, force: true })
})

const analysis = await analyse([
  [
    logOf(({ timeit, pass }) => {
      const tax = timeit('tax</script><b>', () => pass(1))
      const price = timeit('price', () => {
        pass(2)
        tax()
      })
      timeit('order', () => {
        pass(3)
        price()
        price()
      })()
      timeit('idle hands', () => pass(1))()
    }),
  ],
])

test.skipIf(chromiumPath === undefined)(
  'Chromium draws the flame graph: it can be zoomed and searched, and asks for nothing',
  async () => {
    const file = join(folder, 'flame.html')
    writeFileSync(file, toFlameHtml(timingTree(analysis), { title: 'A <b>shop</b>' }))
    const url = pathToFileURL(file).href
    await page.goto(url)
    expect(await page.title()).toBe('A <b>shop</b>')
    const boxes = () => page.locator('.box').allTextContents()
    expect(await boxes()).toEqual(['timed functions', 'order', 'price', 'tax</script><b>', 'idle hands'])
    const width = async (name: string) => (await page.locator('.box', { hasText: name }).boundingBox())?.width ?? 0
    expect((await width('price')) / (await width('order'))).toBeCloseTo(6 / 9, 1)

    await page.locator('.box', { hasText: 'price' }).click()
    expect(await boxes()).toEqual(['timed functions', 'order', 'price', 'tax</script><b>'])
    expect(await width('price')).toBeGreaterThan(790 - 40)
    await page.keyboard.press('Escape')
    expect(await boxes()).toHaveLength(5)

    await page.fill('#search', 'TAX')
    expect(await page.locator('.found').allTextContents()).toEqual(['tax</script><b>'])
    expect(await page.locator('#found').textContent()).toBe('20.0 % of the time')
    const rows = await page.locator('#table tr').allTextContents()
    expect(rows[0]).toContain('price4 ms40.0 %6 ms60.0 %')
    expect(errors).toEqual([])
    expect(requests).toEqual([url])
  },
)

test.skipIf(chromiumPath === undefined)('Chromium draws the call graph', async () => {
  const file = join(folder, 'calls.svg')
  writeFileSync(file, await toSvg(toDot(analysis)))
  await page.goto(pathToFileURL(file).href)
  expect(await page.locator('g.node').count()).toBe(4)
  expect(await page.locator('g.edge').count()).toBe(2)
  expect(await page.locator('g.node', { hasText: 'tax</script><b>' }).count()).toBe(1)
})
