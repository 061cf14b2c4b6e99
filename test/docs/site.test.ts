// Opens the reference that `npm run docs` has written in a browser that has no network.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { chromiumPath, launchChromium } from '../servers/chromium.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
const site = join(root, 'docs/reference')
const address = (path: string): string => `http://reference.example/${path}`
const problems: string[] = []
let browser: Browser | undefined
let page: Page

beforeAll(async () => {
  if (!existsSync(join(site, 'index.html'))) throw new Error('docs/reference is missing: run `npm run docs` first')
  if (chromiumPath === undefined) return
  browser = await launchChromium()
  const context = await browser.newContext({ offline: true })
  // what is asked of the site is answered from its folder; whatever else is asked for fails, and is a problem
  await context.route(address('**'), (route, request) =>
    route.fulfill({ path: join(site, decodeURI(new URL(request.url()).pathname)) }),
  )
  page = await context.newPage()
  page.on('requestfailed', (request) => problems.push(`${request.url()} ${request.failure()?.errorText}`))
  page.on('pageerror', (error) => problems.push(error.message))
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) problems.push(message.text())
  })
})
afterEach(() => {
  expect(problems.splice(0)).toEqual([])
})
afterAll(async () => browser?.close())

const { exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { exports: Record<string, unknown> }
const modules = Object.keys(exports)
  .filter((entry) => entry !== './package.json')
  .map((entry) => (entry === '.' ? 'ruddle' : entry.slice(2)))
const guides = readdirSync(join(root, 'docs')).filter((file) => file.endsWith('.md'))

const headingOf = (path: string): string =>
  /<h1[^>]*>(.*?)<\/h1>/s.exec(readFileSync(join(site, path), 'utf8'))?.[1]?.replace(/<[^>]*>/g, '') ?? ''

describe('the reference', () => {
  it.each(modules)('has a page of %s', (name) => {
    expect(headingOf(`modules/${name.replaceAll('/', '_')}.html`)).toBe(`Module ${name}`)
  })

  it.each(guides)('has the guide %s', (file) => {
    const [, title = ''] = /^# (.+)$/m.exec(readFileSync(join(root, 'docs', file), 'utf8')) ?? []
    expect(headingOf(`documents/docs_${basename(file, '.md')}.html`)).toContain(title.replaceAll('`', ''))
  })

  it('has no page or file from elsewhere, and none for the source files that guides name', () => {
    const files = readdirSync(site, { recursive: true, encoding: 'utf8' })
    expect(files.filter((file) => file.endsWith('.ts'))).toEqual([])
    const foreign = files
      .filter((file) => file.endsWith('.html'))
      .filter((file) =>
        /<(script|link|img)[^>]+(src|href)="(https?:)?\/\//.test(readFileSync(join(site, file), 'utf8')),
      )
    expect(foreign).toEqual([])
  })
})

describe.skipIf(chromiumPath === undefined)('the reference in a browser', () => {
  it('finds names and guides, and leads to them', async () => {
    await page.goto(address('index.html'))
    await page.locator('#tsd-search-trigger').click()
    for (const [name, target] of [
      ['jsonCompare', 'functions/json-compare.jsonCompare.html'],
      ['RedStats', 'classes/red-stats.RedStats.html'],
      ['quick-start', 'documents/docs_quick-start.html'],
    ] as const) {
      await page.locator('#tsd-search-input').fill(name)
      await page.locator(`#tsd-search-results li:first-child a[href$="${target}"]`).waitFor()
    }
    await page.locator('#tsd-search-results a').first().click()
    await page.waitForURL(address('documents/docs_quick-start.html'))
  })

  it('leads from a guide to a name, to its module, and back to the guide', async () => {
    await page.goto(address('documents/docs_json-compare.html'))
    await page.locator('.tsd-typography a', { hasText: 'jsonCompare(' }).first().click()
    await page.waitForURL(address('functions/json-compare.jsonCompare.html'))
    expect(await page.locator('h1').first().textContent()).toContain('Function jsonCompare')
    await page.locator('.tsd-breadcrumb a', { hasText: 'json-compare' }).click()
    await page.waitForURL(address('modules/json-compare.html'))
    await page.locator('.tsd-panel a', { hasText: 'Comparing JSON' }).click()
    await page.waitForURL(address('documents/docs_json-compare.html'))
  })
})
