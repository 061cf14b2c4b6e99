import { createHash } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { FastifyInstance } from 'fastify'
import { pino } from 'pino'
import { memoryStore, RedStats } from 'ruddle/red-stats'
import sharp from 'sharp'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createRedApp } from '../../../examples/server/red/app.ts'
import { createStatsApp } from '../../../examples/server/stats/app.ts'

const root = fileURLToPath(new URL('../../../', import.meta.url))
const tomatoes = readFileSync(join(root, 'examples/images/tomatoes.jpg'))
const log = pino({ level: 'silent' })

let data: string
let stats: RedStats
let statsApp: FastifyInstance
let red: FastifyInstance
let url: string

beforeEach(async () => {
  data = mkdtempSync(join(tmpdir(), 'ruddle-red-'))
  stats = new RedStats({ store: memoryStore() })
  statsApp = await createStatsApp({
    stats,
    page: join(root, 'examples/server/page'),
    redUrl: 'http://127.0.0.1:1',
    log,
  })
  await startRed(await statsApp.listen({ host: '127.0.0.1', port: 0 }))
})

afterEach(async () => {
  await red.close()
  await statsApp.close()
  await stats.close()
  rmSync(data, { recursive: true, force: true })
})

async function startRed(statsUrl: string): Promise<void> {
  const pageOrigins = ['http://page.example']
  red = await createRedApp({ data, statsUrl, log, maxFileBytes: 200_000, patienceMs: 300, pageOrigins })
  url = await red.listen({ host: '127.0.0.1', port: 0 })
}

async function upload(
  bytes: Uint8Array,
  { headers = {}, client }: { headers?: Record<string, string>; client?: string } = {},
) {
  const form = new FormData()
  if (client !== undefined) form.append('client_id', client)
  form.append('image', new Blob([new Uint8Array(bytes)]), 'picture.jpg')
  const response = await fetch(`${url}/images`, { method: 'POST', body: form, headers })
  return { status: response.status, headers: response.headers, body: await response.json() }
}

const filesKept = () =>
  readdirSync(join(data, 'files'), { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).length
const filesIncoming = () => readdirSync(join(data, 'incoming')).length

describe('POST /images', () => {
  it('measures a picture, tells RED_STATS, and serves the picture', async () => {
    const { status, body } = await upload(tomatoes, { client: 'kitchen' })
    expect(status).toBe(201)
    expect(body).toMatchObject({
      client_id: 'kitchen',
      definition: 'area/1:h20,s50,v20',
      sha256: createHash('sha256').update(tomatoes).digest('hex'),
      content_type: 'image/jpeg',
    })
    expect(body.red).toBeGreaterThan(0.1)
    expect((await stats.list()).events).toEqual([
      { imageId: body.image_id, timestamp: body.timestamp, clientId: 'kitchen', red: body.red },
    ])
    const picture = await fetch(`${url}/images/${body.image_id}`)
    expect(picture.headers.get('content-type')).toBe('image/jpeg')
    expect(Buffer.from(await picture.arrayBuffer()).equals(tomatoes)).toBe(true)
    const again = await fetch(`${url}/images/${body.image_id}`, {
      headers: { 'if-none-match': picture.headers.get('etag')! },
    })
    expect(again.status).toBe(304)
  })

  it('keeps the same bytes once and counts every upload', async () => {
    const first = await upload(tomatoes)
    const second = await upload(tomatoes)
    expect(second.body.image_id).not.toBe(first.body.image_id)
    expect(filesKept()).toBe(1)
    expect((await stats.count()).total).toBe(2)
  })

  it('answers a repeated key as the first time and counts it once', async () => {
    const headers = { 'idempotency-key': 'k1' }
    const first = await upload(tomatoes, { headers })
    const second = await upload(tomatoes, { headers })
    expect(second).toMatchObject({ status: 201, body: first.body })
    expect((await stats.count()).total).toBe(1)
    expect(filesIncoming()).toBe(0)
  })

  it('counts simultaneous uploads with one key once', async () => {
    const uploads = Array.from({ length: 8 }, () => upload(tomatoes, { headers: { 'idempotency-key': 'k2' } }))
    const ids = new Set((await Promise.all(uploads)).map(({ body }) => body.image_id))
    expect(ids.size).toBe(1)
    expect((await stats.count()).total).toBe(1)
  })

  it('tells senders with the same key apart', async () => {
    const headers = { 'idempotency-key': 'k3' }
    const mine = await upload(tomatoes, { headers, client: 'me' })
    const yours = await upload(tomatoes, { headers, client: 'you' })
    expect(yours.body.image_id).not.toBe(mine.body.image_id)
  })

  it('refuses a key that was used for another picture: 422', async () => {
    const headers = { 'idempotency-key': 'k4' }
    await upload(tomatoes, { headers })
    const other = await upload(readFileSync(join(root, 'examples/images/sea.jpg')), { headers })
    expect(other).toMatchObject({ status: 422, body: { error: { code: 'KEY_REUSED' } } })
    expect((await stats.count()).total).toBe(1)
  })

  it('the header names the client before the form does; without both it is anonymous', async () => {
    const named = await upload(tomatoes, { headers: { 'x-client-id': 'header' }, client: 'form' })
    expect(named.body.client_id).toBe('header')
    expect((await upload(tomatoes)).body.client_id).toBe('anonymous')
    expect(await upload(tomatoes, { client: 'x'.repeat(257) })).toMatchObject({
      status: 400,
      body: { error: { field: 'client_id' } },
    })
  })

  it('refuses what is no picture, a broken or a large one, and takes the next', async () => {
    for (const [what, bytes, status, code] of [
      ['text', Buffer.from('not a picture'), 415, 'NOT_AN_IMAGE'],
      ['an empty file', Buffer.alloc(0), 415, 'NOT_AN_IMAGE'],
      ['text of several chunks', Buffer.alloc(190_000, 'a'), 415, 'NOT_AN_IMAGE'],
      ['a picture that ends early', tomatoes.subarray(0, 20_000), 400, 'CORRUPT'],
      ['more than the limit', Buffer.concat([tomatoes, Buffer.alloc(200_000)]), 413, 'TOO_LARGE'],
      ['far more than the limit', Buffer.concat([tomatoes, Buffer.alloc(8_000_000)]), 413, 'TOO_LARGE'],
    ] as const) {
      const refusal = { status, body: { error: { code, message: expect.any(String) } } }
      expect(await upload(bytes), what).toMatchObject(refusal)
      expect([filesKept(), filesIncoming()], what).toEqual([0, 0])
    }
    expect((await stats.count()).total).toBe(0)
    expect((await upload(tomatoes)).status).toBe(201)
  })

  it('refuses a body that is no form, and a form without a file: 400', async () => {
    const plain = await fetch(`${url}/images`, { method: 'POST', body: 'x' })
    expect(plain.status).toBe(400)
    expect(await plain.json()).toMatchObject({ error: { code: 'NOT_MULTIPART' } })
    const form = new FormData()
    form.append('client_id', 'me')
    const empty = await fetch(`${url}/images`, { method: 'POST', body: form })
    expect(empty.status).toBe(400)
    expect(await empty.json()).toMatchObject({ error: { code: 'NO_FILE' } })
  })

  it('refuses a broken form: 400', async () => {
    for (const [what, type, body] of [
      ['without a boundary in its type', 'multipart/form-data', '--b\r\n\r\n--b--\r\n'],
      [
        'that ends within a file',
        'multipart/form-data; boundary=b',
        '--b\r\nContent-Disposition: form-data; name="i"; filename="i"\r\n\r\nGIF89a',
      ],
      ['of nothing', 'multipart/form-data; boundary=b', '\n--b--\r\n'],
    ] as const) {
      const response = await fetch(`${url}/images`, { method: 'POST', body, headers: { 'content-type': type } })
      expect(response.status, what).toBe(400)
      expect(await response.json()).toMatchObject({ error: { code: 'BAD_FORM' } })
      expect([filesKept(), filesIncoming()]).toEqual([0, 0])
    }
  })

  it('refuses a form with two pictures: 400, and keeps neither', async () => {
    const form = new FormData()
    for (const name of ['a.jpg', 'b.jpg']) form.append('image', new Blob([new Uint8Array(tomatoes)]), name)
    const response = await fetch(`${url}/images`, { method: 'POST', body: form })
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({ error: { code: 'SEVERAL_FILES' } })
    expect([filesKept(), filesIncoming(), (await stats.count()).total]).toEqual([0, 0, 0])
  })

  it('refuses web pages of other origins', async () => {
    for (const origin of ['https://evil.example', 'null']) {
      expect(await upload(tomatoes, { headers: { origin } })).toMatchObject({ status: 403 })
    }
  })

  it('lets the pages it knows upload and read the answers, refusals too', async () => {
    const preflight = async (origin: string) => fetch(`${url}/images`, { method: 'OPTIONS', headers: { origin } })
    const allowed = await preflight('http://page.example')
    expect(allowed.status).toBe(204)
    expect(allowed.headers.get('access-control-allow-origin')).toBe('http://page.example')
    expect(allowed.headers.get('access-control-allow-headers')).toContain('idempotency-key')
    expect((await preflight('https://evil.example')).headers.get('access-control-allow-origin')).toBeNull()
    for (const [bytes, status] of [
      [tomatoes, 201],
      [Buffer.from('text'), 415],
    ] as const) {
      const answer = await upload(bytes, { headers: { origin: 'http://page.example' } })
      expect(answer.status).toBe(status)
      expect(answer.headers.get('access-control-allow-origin')).toBe('http://page.example')
    }
  })

  it('leaves nothing behind when the sender goes away', async () => {
    const socket = connect(Number(new URL(url).port), '127.0.0.1')
    socket.write(
      'POST /images HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: 100000\r\n\r\n' +
        '--b\r\nContent-Disposition: form-data; name="image"; filename="a.jpg"\r\n\r\n',
    )
    socket.write(tomatoes.subarray(0, 20_000))
    await expect.poll(filesIncoming).toBe(1)
    socket.destroy()
    await expect.poll(filesIncoming).toBe(0)
    expect(filesKept()).toBe(0)
  })

  it('takes every type that it can decode', async () => {
    const picture = sharp({ create: { width: 20, height: 20, channels: 3, background: '#f00' } })
    for (const type of ['jpeg', 'png', 'webp', 'gif', 'tiff', 'avif'] as const) {
      const { status, body } = await upload(await picture.clone().toFormat(type).toBuffer())
      expect([type, status, body.content_type]).toEqual([type, 201, `image/${type}`])
      expect(body.red).toBe(1)
    }
  })

  it('answers 503 with Retry-After when RED_STATS is out of reach, and the retry counts once', async () => {
    const { port } = new URL(statsApp.listeningOrigin)
    await statsApp.close()
    const headers = { 'idempotency-key': 'k5' }
    const refused = await upload(tomatoes, { headers })
    expect(refused).toMatchObject({ status: 503, body: { error: { code: 'UNAVAILABLE' } } })
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
    statsApp = await createStatsApp({ stats, page: join(root, 'examples/server/page'), redUrl: url, log })
    await statsApp.listen({ host: '127.0.0.1', port: Number(port) })
    expect((await upload(tomatoes, { headers })).status).toBe(201)
    expect((await stats.count()).total).toBe(1)
  })

  it('finds the first answer after a restart', async () => {
    const headers = { 'idempotency-key': 'k6' }
    const first = await upload(tomatoes, { headers })
    await red.close()
    await startRed(statsApp.listeningOrigin)
    expect((await upload(tomatoes, { headers })).body).toEqual(first.body)
    expect((await stats.count()).total).toBe(1)
  })
})

describe('GET /images/:id', () => {
  it('answers 404 to what is no id of a picture', async () => {
    for (const id of ['nothing', '..%2f..%2fpackage.json', '0'.repeat(32)]) {
      const response = await fetch(`${url}/images/${id}`)
      expect(response.status, id).toBe(404)
      expect(await response.json()).toMatchObject({ error: { code: 'NOT_FOUND' } })
    }
  })
})
