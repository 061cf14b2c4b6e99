import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import type { FastifyInstance } from 'fastify'
import { pino } from 'pino'
import { memoryStore, RedStats } from 'ruddle/red-stats'
import sharp from 'sharp'
import { afterAll, beforeAll, expect } from 'vitest'
import { createRedApp } from '../../examples/server/red/app.ts'
import { createStatsApp } from '../../examples/server/stats/app.ts'
import { fuzzTest } from './fuzz-test.ts'
import { damagedBytes, damagedText } from './mutations.ts'

const log = pino({ level: 'silent' })
const data = mkdtempSync(join(tmpdir(), 'ruddle-fuzz-'))
const stats = new RedStats({ store: memoryStore() })
const maxFileBytes = 20_000
let statsApp: FastifyInstance
let app: FastifyInstance

beforeAll(async () => {
  const page = fileURLToPath(new URL('../../examples/server/page', import.meta.url))
  statsApp = await createStatsApp({ stats, page, redUrl: 'http://127.0.0.1:1', log })
  const statsUrl = await statsApp.listen({ host: '127.0.0.1', port: 0 })
  app = await createRedApp({ data, statsUrl, log, maxFileBytes })
  await app.listen({ host: '127.0.0.1', port: 0 })
})
afterAll(async () => {
  await app.close()
  await statsApp.close()
  await stats.close()
  rmSync(data, { recursive: true })
})

const red = sharp({ create: { width: 4, height: 4, channels: 3, background: '#f00' } })
const types = ['jpeg', 'png', 'webp', 'gif', 'tiff', 'avif'] as const
const pictures = await Promise.all(types.map((type) => red.clone().toFormat(type).toBuffer()))
const picture = fc.constantFrom(...pictures)

function form(parts: readonly Buffer[], boundary = 'b'): Buffer {
  const pieces = parts.flatMap((part) => [Buffer.from(`--${boundary}\r\n`), part, Buffer.from('\r\n')])
  return Buffer.concat([...pieces, Buffer.from(`--${boundary}--\r\n`)])
}

const field = (value: string) => Buffer.from(`Content-Disposition: form-data; name="client_id"\r\n\r\n${value}`)
const file = (bytes: Uint8Array, name = 'a.jpg') =>
  Buffer.concat([Buffer.from(`Content-Disposition: form-data; name="image"; filename="${name}"\r\n\r\n`), bytes])

/** Posts a body to RED, and then a picture that it has to take. */
async function post(payload: Buffer, headers: Record<string, string>): Promise<{ status: number; body: string }> {
  const { statusCode, body } = await app.inject({ method: 'POST', url: '/images', payload, headers })
  expect(readdirSync(join(data, 'incoming'))).toEqual([])
  const next = await app.inject({
    method: 'POST',
    url: '/images',
    payload: form([field('next'), file(pictures[0]!)]),
    headers: { 'content-type': 'multipart/form-data; boundary=b' },
  })
  expect(next.statusCode).toBe(201)
  expect(next.json()).toMatchObject({ client_id: 'next', red: 1, content_type: 'image/jpeg' })
  if (statusCode === 201) {
    expect(JSON.parse(body)).toMatchObject({ image_id: expect.any(String), red: expect.any(Number) })
  } else {
    expect([400, 413, 415, 422]).toContain(statusCode)
    const { error } = JSON.parse(body)
    expect(error).toMatchObject({ code: expect.stringMatching(/^[A-Z0-9_]+$/), message: expect.any(String) })
  }
  return { status: statusCode, body }
}

const multipart = { 'content-type': 'multipart/form-data; boundary=b' }

fuzzTest(
  'a form is taken or refused, and leaves nothing behind',
  { runs: 30, outcomes: ['taken', 'refused'] },
  damagedBytes(
    fc
      .tuple(fc.subarray(['me', 'é', ''].map(field)), picture, fc.subarray([field('later')]))
      .map(([before, bytes, after]) => form([...before, file(bytes), ...after])),
  ),
  async (payload) => ((await post(payload, multipart)).status === 201 ? 'taken' : 'refused'),
)

fuzzTest(
  'a picture is measured, or refused by its type, size or damage',
  { runs: 30, outcomes: ['taken', 'refused'] },
  damagedBytes(picture),
  async (bytes) => {
    const { status, body } = await post(form([file(bytes)]), multipart)
    if (status === 201) {
      const { red } = JSON.parse(body)
      expect(red >= 0 && red <= 1).toBe(true)
      return 'taken'
    }
    const codes = ['NOT_AN_IMAGE', 'UNSUPPORTED', 'CORRUPT', 'TOO_LARGE', 'NO_FILE', 'SEVERAL_FILES']
    expect([...codes, 'BAD_FORM']).toContain(JSON.parse(body).error.code)
    return 'refused'
  },
)

const header = (valid: string, ...others: string[]) =>
  damagedText(fc.constantFrom(valid, ...others)).map((text) =>
    // what an HTTP parser lets through
    Buffer.from(text)
      .toString('latin1')
      .replace(/[^\t\x20-\x7e\x80-\xff]/g, '')
      .trim(),
  )

fuzzTest(
  'the headers of an upload are taken or refused',
  { runs: 30, outcomes: ['taken', 'refused'] },
  fc.record(
    {
      'content-type': fc.oneof(
        fc.constant('multipart/form-data; boundary=b'),
        header('multipart/form-data; boundary=b', 'multipart/form-data; boundary="b"', 'image/jpeg'),
      ),
      'x-client-id': header('me', 'x'.repeat(256)),
      'idempotency-key': header('k1', 'k2'),
    },
    { requiredKeys: ['content-type'] },
  ),
  async (headers) => {
    const { status } = await post(form([file(pictures[0]!)]), headers)
    return status === 201 ? 'taken' : 'refused'
  },
)

fuzzTest(
  'no address of a picture leads anywhere else',
  { runs: 50, outcomes: ['refused'] },
  damagedText(fc.constantFrom('0'.repeat(32), '../records/00', '%2e%2e%2fincoming', 'a-b', '')),
  async (id) => {
    const path = Buffer.from(id)
      .toString('latin1')
      .replace(/[\0-\x20#?\x7f-\xff]/g, (character) => encodeURIComponent(character))
    const { statusCode, body } = await app.inject({ method: 'GET', url: `/images/${path}` })
    if (statusCode === 200) expect(path).toMatch(/health|openapi/)
    else expect([400, 404, 414]).toContain(statusCode)
    expect(JSON.parse(body)).toMatchObject({ error: { code: expect.any(String), message: expect.any(String) } })
    return 'refused'
  },
)
