import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { chromiumPath, launchChromium } from '../../servers/chromium.ts'
import { type RunningServer, serve } from './run-server.ts'

describe.skipIf(chromiumPath === undefined)('the page', () => {
  let data: string
  let server: RunningServer
  let browser: Browser
  let page: Page
  const problems: string[] = []

  beforeAll(async () => {
    data = mkdtempSync(join(tmpdir(), 'ruddle-page-'))
    server = await serve(data)
    browser = await launchChromium()
    page = await browser.newPage()
    page.on('pageerror', (error) => problems.push(error.message))
    page.on('console', (message) => message.type() === 'error' && problems.push(message.text()))
    await page.goto(server.statsUrl)
    await page.locator('#connection[data-state=live]').waitFor()
  })

  afterAll(async () => {
    await browser?.close()
    await server?.stop()
    rmSync(data, { recursive: true, force: true })
  })

  async function upload(name: string): Promise<{ image_id: string; red: number }> {
    const form = new FormData()
    form.append('image', new Blob([readFileSync(`examples/images/${name}`)]), name)
    const response = await fetch(`${server.redUrl}/images`, { method: 'POST', body: form })
    expect(response.status).toBe(201)
    return response.json()
  }

  it('shows an uploaded picture as an alert, the moment it comes', async () => {
    const { image_id, red } = await upload('chilli.jpg')
    const alert = page.locator(`#alerts li[data-id="${image_id}"]`)
    await alert.waitFor()
    expect(await alert.locator('.red').textContent()).toBe(red.toFixed(3))
    const picture = alert.locator('img')
    await expect.poll(() => picture.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBeGreaterThan(0)
    await expect.poll(() => page.locator('#total').textContent()).toBe('1')
    expect(await page.locator('#above').textContent()).toBe('1')
  })

  it('shows no alert for a picture below the threshold, and counts it', async () => {
    const { image_id } = await upload('sea.jpg')
    await page.locator(`#newest li[data-id="${image_id}"]`).waitFor()
    expect(await page.locator(`#alerts li[data-id="${image_id}"]`).count()).toBe(0)
    await expect.poll(() => page.locator('#total').textContent()).toBe('2')
    expect(await page.locator('#above').textContent()).toBe('1')
  })

  it('asks again when the threshold or the period is changed', async () => {
    await page.locator('#threshold').fill('0.99')
    await expect.poll(() => page.locator('#above').textContent()).toBe('0')
    expect(await page.locator('#threshold-value').textContent()).toBe('0.99')
    await page.locator('#threshold').fill('0.3')
    await expect.poll(() => page.locator('#above').textContent()).toBe('1')
    await page.locator('input[value=chosen]').check()
    await page.locator('#from').fill('2001-01-01T00:00:00')
    await page.locator('#to').fill('2002-01-01T00:00:00')
    await expect.poll(() => page.locator('#total').textContent()).toBe('0')
    await page.locator('input[value=all]').check()
    await expect.poll(() => page.locator('#total').textContent()).toBe('2')
  })

  it('has no errors', () => {
    expect(problems).toEqual([])
  })
})
