import { execFileSync } from 'node:child_process'
import { createReadStream, readFileSync } from 'node:fs'
import { mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { fileURLToPath, pathToFileURL } from 'node:url'
import sharp from 'sharp'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { redRatioOf } from '../../../src/red-ratio/image.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'red-sources-'))
  process.env['TMPDIR'] = folder
})
afterEach(async () => {
  // whatever happened: no temporary file is left
  expect((await readdir(folder)).filter((name) => name.startsWith('ruddle'))).toEqual([])
})
afterAll(async () => {
  delete process.env['TMPDIR']
  await rm(folder, { recursive: true })
})

const path = fileURLToPath(new URL('../../../examples/images/rose.jpg', import.meta.url))
const bytes = readFileSync(path)
const expected = await redRatioOf(path)

describe('the same image', () => {
  it.each([
    ['a URL', () => pathToFileURL(path)],
    ['a Buffer', () => bytes],
    ['a Uint8Array at an offset', () => new Uint8Array([0, ...bytes]).subarray(1)],
    ['a stream of a file', () => createReadStream(path)],
    [
      'a stream of single bytes',
      () => Readable.from([...bytes.subarray(0, 3000)].map((byte) => Buffer.of(byte)).concat(bytes.subarray(3000))),
    ],
    ['a web stream', () => new Blob([bytes]).stream() as unknown as AsyncIterable<Uint8Array>],
  ])('as %s', async (_, image) => {
    expect(expected.ratio).toBeGreaterThan(0.2)
    expect(await redRatioOf(image())).toEqual(expected)
    expect(await redRatioOf(image(), { memory: 'bounded' })).toEqual(expected)
  })
})

it('a file that changes is measured anew', async () => {
  const changing = join(folder, 'changing.png')
  for (const [background, ratio] of [
    ['#f00', 1],
    ['#00f', 0],
    ['#f00', 1],
  ] as const) {
    await sharp({ create: { width: 300, height: 300, channels: 3, background } })
      .png()
      .toFile(changing)
    expect((await redRatioOf(changing)).ratio).toBe(ratio)
    expect((await redRatioOf(changing, { memory: 'bounded' })).ratio).toBe(ratio)
  }
})

describe('what cannot be read', () => {
  it.each([
    ['no file', () => join(folder, 'none.jpg'), 'ENOENT'],
    ['a folder', () => folder, 'EISDIR'],
    [
      'a link to itself',
      async () => {
        await symlink('loop.jpg', join(folder, 'loop.jpg'))
        return join(folder, 'loop.jpg')
      },
      'ELOOP',
    ],
    [
      'a named pipe that nobody writes to',
      () => {
        execFileSync('mkfifo', [join(folder, 'pipe.jpg')])
        return join(folder, 'pipe.jpg')
      },
      'UNSUPPORTED',
    ],
    [
      'a text',
      async () => {
        await writeFile(join(folder, 'text.jpg'), 'not a picture')
        return join(folder, 'text.jpg')
      },
      'UNSUPPORTED',
    ],
    [
      'an empty file',
      async () => {
        await writeFile(join(folder, 'empty.jpg'), '')
        return join(folder, 'empty.jpg')
      },
      'CORRUPT',
    ],
    ['a stream that fails', () => Readable.from(failing()), 'UNREADABLE'],
    ['a stream of text', () => Readable.from(['text']), 'UNREADABLE'],
    ['a stream of something else', () => Readable.from([Buffer.alloc(2000, 'x')]), 'UNSUPPORTED'],
    ['half an image', () => Readable.from([bytes.subarray(0, bytes.length / 2)]), 'CORRUPT'],
  ])('%s: its code', async (_, image, code) => {
    for (const memory of ['auto', 'bounded'] as const) {
      const source = await image()
      await expect(redRatioOf(source, { memory })).rejects.toMatchObject({ name: 'RedRatioError', code })
      if (typeof source === 'string')
        await rm(source.startsWith(`${folder}/`) ? source : join(folder, 'x'), { force: true })
    }
  })

  async function* failing(): AsyncIterable<Uint8Array> {
    yield bytes.subarray(0, 5000)
    throw new TypeError('terminated')
  }

  it('an endless stream ends when it is longer than the pixels allow, or not an image', async () => {
    let sent = 0
    async function* endless(start: Uint8Array): AsyncIterable<Uint8Array> {
      yield start
      for (;;) {
        sent += 65_536
        yield new Uint8Array(65_536)
      }
    }
    await expect(redRatioOf(endless(bytes.subarray(0, 1000)), { maxPixels: 100_000 })).rejects.toMatchObject({
      code: 'TOO_LARGE',
    })
    expect(sent).toBeLessThan(1_000_000)
    sent = 0
    await expect(redRatioOf(endless(Buffer.from('GIF?')))).rejects.toMatchObject({ code: 'UNSUPPORTED' })
    expect(sent).toBeLessThan(200_000)
  })

  it('an image that is none of these', async () => {
    await expect(redRatioOf(7 as unknown as string)).rejects.toThrow(
      new TypeError('Expected an image as a path, a file: URL, a Uint8Array or a stream, got 7'),
    )
    await expect(redRatioOf(new URL('http://127.0.0.1/a.jpg'))).rejects.toThrow(TypeError)
  })
})

describe('abort', () => {
  it('before it begins', async () => {
    const reason = new Error('enough')
    const error = await redRatioOf(path, { signal: AbortSignal.abort(reason) }).catch((error) => error)
    expect(error).toMatchObject({ name: 'RedRatioError', code: 'ABORTED', cause: reason })
  })

  it.each(['auto', 'bounded'] as const)('while a stream does not go on (%s)', async (memory) => {
    const controller = new AbortController()
    const stream = new Readable({ read() {} })
    stream.push(bytes.subarray(0, 5000))
    const measuring = redRatioOf(stream, { signal: controller.signal, memory })
    await vi.waitUntil(() => stream.listenerCount('readable') > 0 && stream.readableLength === 0)
    controller.abort()
    await expect(measuring).rejects.toMatchObject({ code: 'ABORTED' })
    expect(stream.destroyed).toBe(true)
  })

  it('while it is decoded through a file, which goes away', async () => {
    const large = await sharp(bytes).resize(6000, 4500, { kernel: 'nearest' }).jpeg().toBuffer()
    const controller = new AbortController()
    const measuring = redRatioOf(large, { signal: controller.signal, memory: 'bounded' })
    const folderExists = async () => (await readdir(folder)).some((name) => name.startsWith('ruddle-pixels-'))
    await vi.waitUntil(folderExists, { interval: 1 })
    controller.abort()
    await expect(measuring).rejects.toMatchObject({ code: 'ABORTED' })
    expect(await folderExists()).toBe(false)
  })
})

describe('wrong options', () => {
  it.each<[object, Error]>([
    [{ pages: -1 }, new RangeError("Expected `pages` to be 'first', 'all' or a number from 0, got -1")],
    [{ pages: 'last' }, new RangeError("Expected `pages` to be 'first', 'all' or a number from 0, got last")],
    [{ maxPixels: 0 }, new RangeError('Expected `maxPixels` to be a whole number of at least 1, got 0')],
    [{ memory: 'all' }, new RangeError("Expected `memory` to be 'auto' or 'bounded', got all")],
    [{ svg: 1 }, new TypeError('Expected `svg` to be true or false, got 1')],
    [{ signal: {} }, new TypeError('Expected `signal` to be an AbortSignal, got [object Object]')],
    [{ alpha: 'half' }, new RangeError('Expected `alpha` to be one of weight, ignore, got half')],
    [
      { page: 1 },
      new TypeError('Expected the options definition, alpha, pages, maxPixels, memory, svg and signal, got `page`'),
    ],
  ])('%o', async (options, error) => {
    await expect(redRatioOf(path, options)).rejects.toThrow(error)
  })

  it('an unknown definition, before the file is looked for', async () => {
    await expect(redRatioOf(join(folder, 'none.jpg'), { definition: 'redness' })).rejects.toThrow(RangeError)
  })
})

it('without sharp: an error that says what to install', async () => {
  vi.resetModules()
  vi.doMock('sharp', () => {
    throw new Error('Cannot find package')
  })
  const { redRatioOf } = await import('../../../src/red-ratio/image.ts')
  await expect(redRatioOf(path)).rejects.toMatchObject({
    name: 'RedRatioError',
    code: 'MISSING_PEER',
    message: 'Expected the package sharp to decode images: npm i sharp',
  })
  vi.doUnmock('sharp')
})
