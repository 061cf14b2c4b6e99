import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Locator, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { chromiumPath, launchChromium } from '../../servers/chromium.ts'
import { type RunningServer, serve } from './run-server.ts'

const minute = 60_000

describe.skipIf(chromiumPath === undefined)('the page', () => {
  let data: string
  let server: RunningServer
  let browser: Browser
  let page: Page
  const problems: string[] = []
  const hosts = new Set<string>()

  beforeAll(async () => {
    data = mkdtempSync(join(tmpdir(), 'ruddle-page-'))
    server = await serve(data)
    browser = await launchChromium()
    // 20 images an hour ago and less, one a minute, each 0.05 redder than the one before
    const start = Date.now() - 50 * minute
    const events = Array.from({ length: 20 }, (_, index) => ({
      image_id: `seed-${index}`,
      timestamp: start + index * minute,
      client_id: 'test',
      red: index / 20,
    }))
    expect((await postEvents(events)).status).toBe(200)
    page = await browser.newPage({ viewport: { width: 1280, height: 1000 } })
    page.setDefaultTimeout(10_000)
    page.on('pageerror', (error) => problems.push(error.message))
    page.on('console', (message) => {
      // RED has no pictures of the invented events
      if (message.type() === 'error' && !message.location().url.includes('/images/seed-')) problems.push(message.text())
    })
    page.on('request', (request) => hosts.add(new URL(request.url()).host))
    await open()
  })

  afterAll(async () => {
    await browser?.close()
    await server?.stop()
    rmSync(data, { recursive: true, force: true })
  })

  beforeEach(async () => {
    problems.length = 0
    await page.locator('#threshold').fill('0.3')
    await page.locator('input[value="3600000"]').check()
    await page.locator('#only-above').uncheck()
  })

  afterEach(() => {
    expect(problems).toEqual([])
  })

  async function open(hash = ''): Promise<void> {
    await page.goto('about:blank')
    await page.goto(`${server.statsUrl}/${hash}`)
    await page.locator('#connection[data-state=open]').waitFor()
    await page.locator('#total:not(:text-is("–"))').waitFor()
  }

  const text = (selector: string) => page.locator(selector).textContent()

  async function postEvents(events: unknown): Promise<Response> {
    return fetch(`${server.statsUrl}/stats`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(events),
    })
  }

  async function counts(query: string): Promise<{ total: number; above: number }> {
    return (await fetch(`${server.statsUrl}/stats?${query}`)).json() as Promise<{ total: number; above: number }>
  }

  async function upload(name: string): Promise<{ image_id: string; red: number }> {
    const form = new FormData()
    form.append('image', new Blob([readFileSync(`examples/images/${name}`)]), name)
    const response = await fetch(`${server.redUrl}/images`, { method: 'POST', body: form })
    expect(response.status).toBe(201)
    return response.json()
  }

  /** Waits for the connection of this threshold, and not of one that rested a moment before. */
  function isSubscribed(minRed: number): Promise<void> {
    return new Promise((resolve) => {
      page.on('websocket', (socket) => {
        let isAsked = false
        socket.on('framesent', ({ payload }) => {
          isAsked ||= new RegExp(`"min_red":${minRed}[,}]`).test(String(payload))
        })
        socket.on('framereceived', ({ payload }) => {
          if (isAsked && String(payload).includes('"subscribed"')) resolve()
        })
      })
    })
  }

  /** Drags from one place of an element to another, both as parts of its width. */
  async function drag(where: Locator, from: number, to: number): Promise<void> {
    const { x, y, width, height } = (await where.boundingBox())!
    await page.mouse.move(x + from * width, y + height / 2)
    await page.mouse.down()
    await page.mouse.move(x + to * width, y + height / 2, { steps: 4 })
    await page.mouse.up()
  }

  it('shows an uploaded picture as an alert, the moment it comes', async () => {
    const before = Number(await text('#total'))
    const { image_id, red } = await upload('chilli.jpg')
    const alert = page.locator(`#alerts li.live[data-id="${image_id}"]`)
    await alert.waitFor()
    expect(await alert.locator('.red').textContent()).toBe(red.toFixed(3))
    const picture = alert.locator('img')
    await expect.poll(() => picture.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBeGreaterThan(0)
    expect(await text('#alert-count')).toContain('1 since')
    await expect.poll(() => text('#total')).toBe(String(before + 1))
  })

  it('shows no alert for a picture below the threshold, and lists it', async () => {
    const { image_id } = await upload('sea.jpg')
    await page.locator('#only-above').check()
    await page.locator('#only-above').uncheck() // it is asked now, not in a few seconds
    await page.locator(`#newest li[data-id="${image_id}"]`).waitFor()
    expect(await page.locator(`#alerts li[data-id="${image_id}"]`).count()).toBe(0)
    await page.locator('#only-above').check()
    await page.locator(`#newest li[data-id="${image_id}"]`).waitFor({ state: 'detached' })
  })

  it('begins with the newest alerts there were', async () => {
    await open('#red=0.9')
    await page.locator('#alerts li[data-id=seed-19]').waitFor()
    expect(await page.locator('#alerts li.live').count()).toBe(0)
    await page.locator('#alerts li[data-id=seed-19] img').waitFor({ state: 'detached' }) // RED does not have it
  })

  it('alerts with a new threshold without a word of a lost connection', async () => {
    const states: (string | undefined)[] = []
    await page.exposeFunction('seen', (state: string) => states.push(state))
    await page.locator('#connection').evaluate((pill) => {
      const tell = () => (window as unknown as { seen(state?: string): void }).seen(pill.dataset['state'])
      new MutationObserver(tell).observe(pill, { attributes: true })
    })
    const subscribed = isSubscribed(0.05)
    await page.locator('#threshold').fill('0.05')
    await subscribed
    const { image_id } = await upload('ladybird.webp')
    await page.locator(`#alerts li.live[data-id="${image_id}"]`).waitFor()
    expect(states).not.toContain('waiting')
  })

  it('zooms in by a drag over the chart, and out by a double click and the button', async () => {
    await expect.poll(() => redPixels(page)).toBeGreaterThan(100)
    const whole = await text('#shown-range')
    const total = await text('#total')
    const over = page.locator('#chart .u-over')
    await drag(over, 0.2, 0.3) // six of the hour's minutes, all of them with one invented image
    await page.locator('#zoom-reset').waitFor()
    await expect.poll(async () => Number(await text('#total'))).toBeLessThan(10)
    expect(Number(await text('#total'))).toBeGreaterThan(4)
    expect(await text('#shown-range')).not.toBe(whole)
    await over.dblclick()
    await page.locator('#zoom-reset').waitFor({ state: 'hidden' })
    await expect.poll(() => text('#total')).toBe(total)
    await drag(over, 0.5, 0.6)
    await page.locator('#zoom-reset').click()
    await expect.poll(() => text('#total')).toBe(total)
  })

  it('zooms by keys', async () => {
    const whole = await text('#shown-range')
    await page.locator('#zoom-in').focus()
    await page.keyboard.press('+')
    await expect.poll(() => text('#shown-range')).not.toBe(whole)
    const half = await text('#shown-range')
    await page.keyboard.press('ArrowLeft')
    await expect.poll(() => text('#shown-range')).not.toBe(half)
    await page.keyboard.press('ArrowRight')
    await expect.poll(() => text('#shown-range')).toBe(half)
    await page.keyboard.press('Escape')
    await page.locator('#zoom-reset').waitFor({ state: 'hidden' })
  })

  it('says what is in a bar of the chart and of the distribution', async () => {
    const box = (await page.locator('#chart .u-over').boundingBox())!
    await page.mouse.move(box.x + box.width * 0.25, box.y + box.height / 2)
    await expect.poll(() => text('#chart .tooltip')).toMatch(/^\d\d:\d\d – \d\d:\d\d1 images[01] redder$/)
    await page.locator('#bars').hover({ position: { x: 2, y: 20 } })
    expect(await text('#bin')).toMatch(/^0\.00 – 0\.02: \d+$/)
  })

  it('counts the alerts that a dragged threshold would have given', async () => {
    await drag(page.locator('#bars'), 0.3, 0.62)
    await expect.poll(() => text('#threshold-value')).toBe('0.62')
    const { above } = await counts('red=0.62')
    expect(above).toBeGreaterThan(6)
    await expect.poll(() => text('#would-alert')).toBe(String(above))
    await page.keyboard.press('ArrowRight')
    expect(await text('#line')).toBe('0.63')
    expect(await page.locator('#beyond rect').getAttribute('x')).toBe('63')
    await page.locator('#threshold').fill('0.99')
    await expect.poll(() => text('#above')).toBe('0')
  })

  it('asks for a period, which a reload keeps', async () => {
    await page.locator('input[value=all]').check()
    const { total } = await counts('')
    await expect.poll(() => text('#total')).toBe(String(total))
    await page.locator('input[value=chosen]').check()
    await page.locator('#from').fill('2001-01-01T00:00:00')
    await page.locator('#to').fill('2002-01-01T00:00:00')
    await expect.poll(() => text('#total')).toBe('0')
    await page.locator('#no-images').waitFor()
    await page.reload()
    expect(await page.locator('#from').inputValue()).toBe('2001-01-01T00:00')
    await expect.poll(() => text('#total')).toBe('0')
  })

  it('uploads what is dropped, and shows how far it is and how red it was', async () => {
    const network = await page.context().newCDPSession(page)
    await network.send('Network.enable')
    const slow = { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: 150_000 }
    await network.send('Network.emulateNetworkConditions', slow)
    const sent = page.waitForRequest((request) => request.method() === 'POST')
    await page.locator('#uploads').evaluate((list) => {
      const values: number[] = []
      Object.assign(window, { values })
      const see = () => values.push(list.querySelector('progress')?.value ?? 0)
      new MutationObserver(see).observe(list, { subtree: true, childList: true, attributes: true })
    })
    await drop(page, 'red-wall.jpg', readFileSync('examples/images/red-wall.jpg'))
    const row = page.locator('#uploads li[data-status=done]')
    await row.waitFor()
    expect(await row.locator('.said').textContent()).toMatch(/^red 0\.\d{3}$/)
    expect(await row.locator('.name').textContent()).toBe('red-wall.jpg')
    expect((await sent).headers()['idempotency-key']).toMatch(/^[0-9a-f]{32}$/)
    const values = await page.evaluate(() => (window as unknown as { values: number[] }).values)
    expect(values.filter((value) => value > 0 && value < 1).length).toBeGreaterThan(0)
    expect(await text('#upload-count')).toBe('1 of 1')
    await page.locator('#alerts li.live').first().waitFor()
    await page.locator('#uploads-clear').click()
    expect(await page.locator('#uploads li').count()).toBe(0)
  })

  it('says why an upload was refused, and tries again', async () => {
    await drop(page, 'notes.txt', Buffer.from('not a picture'))
    const row = page.locator('#uploads li[data-status=failed]')
    await row.waitFor()
    expect(await row.locator('.said').textContent()).toBe('The file is not a picture of a known type')
    const again = page.waitForRequest((request) => request.method() === 'POST')
    await row.locator('.again').click()
    expect((await again).headers()['idempotency-key']).toMatch(/^[0-9a-f]{32}$/)
    await row.waitFor()
    const refused = problems.splice(0)
    expect(refused.every((problem) => problem.includes('415'))).toBe(true)
  })

  it('opens a picture by keys', async () => {
    await page.locator('#newest button').first().focus()
    await page.keyboard.press('Enter')
    await page.locator('dialog[open] dd').first().waitFor()
    await page.keyboard.press('Escape')
    await page.locator('dialog[open]').waitFor({ state: 'detached' })
  })

  it('is dark or light as the system, or as chosen', async () => {
    const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor)
    const light = await background()
    await page.emulateMedia({ colorScheme: 'dark' })
    await expect.poll(background).not.toBe(light)
    await page.locator('#theme').click()
    expect(await background()).toBe(light)
    await page.reload()
    expect(await background()).toBe(light)
    await page.emulateMedia({ colorScheme: 'light' })
  })

  it('fits a narrow screen', async () => {
    await page.setViewportSize({ width: 340, height: 700 })
    const widest = () =>
      page.locator('main > :visible').evaluateAll((all) => Math.max(...all.map((one) => one.scrollWidth)))
    await expect.poll(widest).toBeLessThanOrEqual(340) // a chart follows with the next frame
    const { scrollWidth, clientWidth } = await page.evaluate(() => document.documentElement)
    expect(scrollWidth).toBe(clientWidth)
    await page.setViewportSize({ width: 1280, height: 1000 })
  })

  it('says that the connection is lost, tries again, and fetches what it missed', async () => {
    await server.stop('SIGKILL')
    await page.locator('#connection[data-state=waiting]').waitFor()
    await page.locator('#problem').waitFor()
    server = await serve(data, server.ports)
    const missed = { image_id: 'seed-missed', timestamp: Date.now(), client_id: 'test', red: 0.9 }
    expect((await postEvents(missed)).status).toBe(201)
    const reconnect = page.locator('#reconnect')
    if (await reconnect.isVisible()) await reconnect.click({ timeout: 500 }).catch(() => {}) // or comes back by itself
    await page.locator('#connection[data-state=open]').waitFor()
    await page.locator('#gap').waitFor()
    await page.locator('#alerts li[data-id=seed-missed]').waitFor()
    await page.locator('#problem').waitFor({ state: 'hidden' })
    await page.locator('#gap-seen').click()
    await page.locator('#gap').waitFor({ state: 'hidden' })
    problems.length = 0 // those of the lost connection
  })

  it('leads to the descriptions of both interfaces', async () => {
    const links = await page
      .locator('footer a')
      .evaluateAll((all) => all.map((link) => (link as HTMLAnchorElement).href))
    expect(links).toEqual([`${server.statsUrl}/docs`, `${server.redUrl}/docs`])
    for (const [at, path] of ['/stats', '/images'].entries()) {
      await page.goto(links[at]!)
      await page.locator(`.opblock-summary-path[data-path="${path}"]`).first().waitFor()
    }
    await open()
  })

  it('asked nobody but RED and RED_STATS', () => {
    expect([...hosts].filter((host) => host !== '').sort()).toEqual(
      [server.statsUrl, server.redUrl].map((url) => new URL(url).host).sort(),
    )
  })
})

/** How many pixels of the chart are as red as the bars of the alerts. */
function redPixels(page: Page): Promise<number> {
  return page.locator('#chart canvas').evaluate((canvas: HTMLCanvasElement) => {
    const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height)
    let count = 0
    for (let at = 0; at < data.length; at += 4) if (data[at]! > 200 && data[at + 1]! < 90) count++
    return count
  })
}

/** Drops a file on the page, as from the system's file manager. */
async function drop(page: Page, name: string, bytes: Buffer): Promise<void> {
  const transfer = await page.evaluateHandle(
    ({ name, bytes }) => {
      const transfer = new DataTransfer()
      transfer.items.add(new File([Uint8Array.from(atob(bytes), (char) => char.charCodeAt(0))], name))
      return transfer
    },
    { name, bytes: bytes.toString('base64') },
  )
  await page.dispatchEvent('main', 'dragover', { dataTransfer: transfer })
  await page.dispatchEvent('main', 'drop', { dataTransfer: transfer })
}
