import { writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import multipart from '@fastify/multipart'
import busboy from 'busboy'
import fc from 'fast-check'
import fastify from 'fastify'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { uploadFile, uploadFolder } from '../../src/upload/index.ts'
import { anyCharacter } from '../any-character.ts'
import { faultySource } from './faulty-source.ts'
import { jpeg, testFolder } from './folder.ts'
import { hashOf } from './receiver.ts'

interface Part {
  name: string
  field: string
  hash: string
  fields: Record<string, string>
}

const BYTES = jpeg(300, 5)

/** What a name becomes on its way: escaped as a browser does it, control characters as well. */
function sent(name: string): string {
  return [...name].map((char) => (char < ' ' || char === '\x7f' || char === '"' ? percent(char) : char)).join('')
}

function percent(char: string): string {
  return `%${char.charCodeAt(0).toString(16).padStart(2, '0').toUpperCase()}`
}

const NAMES = [
  'plain.jpg',
  'with space.jpg',
  ' leading and trailing .jpg ',
  'quote".jpg',
  "apostrophe'.jpg",
  'line\nfeed.jpg',
  'carriage\rreturn.jpg',
  'both\r\nX-Injected: 1\r\n\r\n.jpg',
  'tab\t.jpg',
  'one\x01.jpg',
  'delete\x7f.jpg',
  'percent%41.jpg',
  'semi;colon=.jpg',
  'Ünïcödé.jpg',
  '写真.jpg',
  '🍅.jpg',
  'e\u0301.jpg',
  '..jpg',
  '...',
  '-rf',
  `${'n'.repeat(251)}.jpg`,
  '--boundary--.jpg',
  'a&b?c#d.jpg',
]

describe.each(['busboy', '@fastify/multipart'])('file names, as %s reads them', (kind) => {
  const parts: Part[] = []
  let url = ''
  let close: () => Promise<void>

  beforeAll(async () => {
    if (kind === 'busboy') {
      const server = createServer((request, response) => {
        const fields: Record<string, string> = {}
        const form = busboy({ headers: request.headers, defParamCharset: 'utf8' })
        form.on('field', (name: string, value: string) => {
          fields[name] = value
        })
        form.on('file', (field, file, { filename }) => {
          const chunks: Buffer[] = []
          file.on('data', (chunk) => chunks.push(chunk))
          file.on('end', () =>
            parts.push({ name: String(filename), field, hash: hashOf(Buffer.concat(chunks)), fields: { ...fields } }),
          )
        })
        form.on('error', () => response.writeHead(400).end())
        form.on('close', () => response.writeHead(201).end())
        request.pipe(form)
      })
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
      url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
      close = () => new Promise((resolve) => server.close(() => resolve()))
    } else {
      const server = fastify()
      // file names in UTF-8 are this plugin's default, busboy's they are not
      await server.register(multipart)
      server.post('/images', async (request, reply) => {
        const file = await request.file()
        if (!file) return reply.code(400).send()
        const hash = hashOf(await file.toBuffer())
        const fields = Object.fromEntries(
          Object.entries(file.fields).flatMap(([name, part]): [string, string][] =>
            part && 'value' in part ? [[name, String(part.value)]] : [],
          ),
        )
        parts.push({ name: file.filename, field: file.fieldname, hash, fields })
        return reply.code(201).send()
      })
      url = await server.listen({ port: 0, host: '127.0.0.1' })
      close = async () => void (await server.close())
    }
  })
  afterAll(() => close())

  it.each(NAMES.map((name) => [JSON.stringify(name), name]))('%s', async (_, name) => {
    using folder = testFolder({ [name]: BYTES })
    parts.length = 0
    const result = await uploadFolder(folder.path, {
      url,
      hidden: true,
      retry: false,
      fields: () => ({ client_id: 7 }),
    })
    expect(result).toMatchObject({ uploaded: 1, failed: 0 })
    expect(parts).toEqual([{ name: sent(name), field: 'image', hash: hashOf(BYTES), fields: { client_id: '7' } }])
  })

  it('never a path, whatever a source calls the file', async () => {
    parts.length = 0
    const source = faultySource({ 'a/../../b/c.jpg': BYTES, '../up.jpg': BYTES })
    await uploadFolder(source, { url, concurrency: 1 })
    expect(parts.map(({ name }) => name)).toEqual(['c.jpg', 'up.jpg'])
  })

  it('keeps a backslash', async () => {
    using folder = testFolder({ 'back\\slash.jpg': BYTES })
    parts.length = 0
    await uploadFolder(folder.path, { url })
    // both receivers take a backslash for the separator of a path and drop what stands before it
    expect(parts.map(({ name }) => name)).toEqual(['slash.jpg'])
  })

  it('that are not UTF-8 are opened by their bytes', async () => {
    using folder = testFolder()
    writeFileSync(
      Buffer.concat([Buffer.from(`${folder.path}/bad`), Buffer.from([0xff, 0xfe]), Buffer.from('.jpg')]),
      BYTES,
    )
    parts.length = 0
    const results = []
    for await (const result of uploadFolder(folder.path, { url })) results.push(result)
    expect(results[0]).toMatchObject({ status: 'uploaded', relativePath: 'bad\ufffd\ufffd.jpg' })
    const rawPath = Buffer.from(results[0]?.rawPath ?? '', 'base64')
    expect(rawPath.subarray(-6)).toEqual(Buffer.from([0xff, 0xfe, 0x2e, 0x6a, 0x70, 0x67]))
    expect(parts[0]?.hash).toBe(hashOf(BYTES))
  })

  it('of any characters arrive, with any field and value', async () => {
    const text = fc.string({ unit: anyCharacter, minLength: 1, maxLength: 40 })
    const name = text.filter(
      (one) => !/[/\\]/.test(one) && one !== '.' && one !== '..' && !/\p{Surrogate}/u.test(one) && one.trim() !== '',
    )
    await fc.assert(
      fc.asyncProperty(name, text, async (fileName, value) => {
        parts.length = 0
        const source = faultySource({ [`x/${fileName}`]: BYTES })
        const summary = await uploadFolder(source, { url, retry: false, fields: () => ({ note: value }) })
        expect(summary.uploaded).toBe(1)
        expect(parts[0]).toMatchObject({ name: sent(fileName), hash: hashOf(BYTES) })
        expect(parts[0]?.fields['note']).toBe(value.replace(/\p{Surrogate}/gu, '\ufffd'))
      }),
      { numRuns: 60 },
    )
  })

  it('of a single file are sent by uploadFile', async () => {
    using folder = testFolder({ 'one.jpg': BYTES })
    parts.length = 0
    const result = await uploadFile(`${folder.path}/one.jpg`, { url, field: 'photo' })
    expect(result).toMatchObject({
      status: 'uploaded',
      relativePath: 'one.jpg',
      contentType: 'image/jpeg',
      attempts: 1,
    })
    expect(parts).toMatchObject([{ name: 'one.jpg', field: 'photo' }])
  })
})
