import { readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { redRatioOf } from '../../../src/red-ratio/image.ts'
import { excess, mean, redRatioDetails } from '../../../src/red-ratio/index.ts'
import { pngWithProfile } from './png.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'red-formats-'))
})
afterAll(() => rm(folder, { recursive: true }))

const tomatoes = readFileSync(new URL('../../../examples/images/tomatoes.jpg', import.meta.url))
/** 160 x 120 pixels of a real picture. */
const picture = await sharp(tomatoes).resize(160, 120).png().toBuffer()
const exact = redRatioDetails(await sharp(picture).raw().toBuffer(), { channels: 3 })
const blank = (background: string, width = 20, height = 10) =>
  sharp({ create: { width, height, channels: 3, background } })
const grey16 = new Uint16Array(12).fill(25_700)

/** By both routes, which must say the same. */
async function measured(image: string | Uint8Array, options: Parameters<typeof redRatioOf>[1] = {}) {
  const inMemory = await redRatioOf(image, options)
  expect(await redRatioOf(image, { ...options, memory: 'bounded' })).toEqual(inMemory)
  return inMemory
}

async function failure(image: string | Uint8Array, options: Parameters<typeof redRatioOf>[1] = {}) {
  const error = await redRatioOf(image, options).catch((error) => error)
  const bounded = await redRatioOf(image, { ...options, memory: 'bounded' }).catch((error) => error)
  expect(bounded).toMatchObject({ name: 'RedRatioError', code: error.code, message: error.message })
  return error.code
}

describe('lossless formats give the counts of the pixels that went in', () => {
  it.each([
    ['PNG', () => sharp(picture).png()],
    ['PNG, interlaced', () => sharp(picture).png({ progressive: true })],
    ['WebP', () => sharp(picture).webp({ lossless: true })],
    ['AVIF', () => sharp(picture).avif({ lossless: true })],
    ['TIFF, in tiles', () => sharp(picture).tiff({ compression: 'lzw', tile: true })],
    ['TIFF, uncompressed', () => sharp(picture).tiff({ compression: 'none' })],
  ])('%s', async (_, made) => {
    expect(await measured(await made().toBuffer())).toEqual(exact)
  })
})

describe('other formats give the counts of the pixels that come out', () => {
  it.each([
    ['GIF', () => sharp(picture).gif()],
    ['JPEG', () => sharp(picture).jpeg()],
    ['JPEG, progressive', () => sharp(picture).jpeg({ progressive: true })],
    ['JPEG, rotated by EXIF', () => sharp(picture).withMetadata({ orientation: 6 }).jpeg()],
    ['PNG with a palette', () => sharp(picture).png({ palette: true, colours: 16 })],
  ])('%s', async (_, made) => {
    const file = await made().toBuffer()
    const pixels = await sharp(file).ensureAlpha().raw().toBuffer()
    const expected = redRatioDetails(pixels, { channels: 4, alpha: 'ignore' })
    expect((await measured(file)).ratio).toBe(expected.ratio)
    expect(Math.abs(expected.ratio - exact.ratio)).toBeLessThan(0.05)
  })
})

describe('grey', () => {
  it.each([
    ['8 bit', () => blank('#646464').toColourspace('b-w').png()],
    [
      '16 bit',
      () =>
        sharp(grey16, { raw: { width: 4, height: 3, channels: 1 } })
          .toColourspace('grey16')
          .png(),
    ],
    ['JPEG', () => blank('#646464').toColourspace('b-w').jpeg({ quality: 100 })],
  ])('%s has brightness, and no red', async (_, made) => {
    const file = await made().toBuffer()
    expect((await measured(file)).ratio).toBe(0)
    expect((await measured(file, { definition: mean })).ratio).toBeCloseTo(100 / 255, 9)
  })
})

describe('alpha', () => {
  it('weighs, unless it is ignored', async () => {
    const half = await sharp(picture).ensureAlpha(0.5).png().toBuffer()
    expect(await measured(half)).toMatchObject({ ratio: exact.ratio, weight: 160 * 120 * 127, pixels: 160 * 120 })
    expect(await measured(half, { alpha: 'ignore' })).toEqual(exact)
  })

  it('of nothing visible makes 0', async () => {
    const invisible = await sharp(picture).ensureAlpha(0).png().toBuffer()
    expect(await measured(invisible)).toMatchObject({ ratio: 0, redWeight: 0, weight: 0, pixels: 160 * 120 })
  })
})

describe('colour profiles: pure sRGB red comes back', () => {
  // in Display P3 it has these numbers
  const redOfP3 = [234, 51, 34] as const
  const profile = async (name: string) =>
    (await sharp(await blank('#f00').withIccProfile(name).jpeg().toBuffer()).metadata()).icc!

  it.each([8, 16] as const)('Display P3 at %i bit', async (depth) => {
    const file = pngWithProfile(redOfP3, depth, await profile('p3'))
    expect((await measured(file, { definition: excess })).ratio).toBe(1)
  })

  it('16 bit without a profile', async () => {
    const red = Uint16Array.from({ length: 36 }, (_, i) => (i % 3 === 0 ? 65_535 : 0))
    const file = await sharp(red, { raw: { width: 4, height: 3, channels: 3 } })
      .toColourspace('rgb16')
      .png()
      .toBuffer()
    expect((await sharp(file).metadata()).depth).toBe('ushort')
    expect((await measured(file, { definition: excess })).ratio).toBe(1)
  })

  it('CMYK with a profile, whose red is not quite that of a screen', async () => {
    const file = await blank('#f00').withIccProfile('cmyk').toColourspace('cmyk').jpeg().toBuffer()
    expect((await sharp(file).metadata()).space).toBe('cmyk')
    expect((await measured(file)).ratio).toBe(1)
    expect((await measured(file, { definition: mean })).ratio).toBeGreaterThan(0.85)
  })

  it('CMYK without one', async () => {
    const file = await blank('#f00').toColourspace('cmyk').jpeg().toBuffer()
    expect((await measured(file)).ratio).toBe(1)
  })
})

describe('pages', () => {
  const frames = Promise.all(['#f00', '#00f', '#f00', '#0f0'].map((colour) => blank(colour).png().toBuffer()))

  it.each(['gif', 'webp'] as const)('of an animated %s: the first, all, or one', async (format) => {
    const file = await sharp(await frames, { join: { animated: true } })
      .toFormat(format, { lossless: true })
      .toBuffer()
    expect(await measured(file)).toMatchObject({ ratio: 1, pixels: 200 })
    expect(await measured(file, { pages: 'all' })).toMatchObject({ ratio: 0.5, pixels: 800 })
    const ratios = await Promise.all([0, 1, 2, 3].map(async (pages) => (await measured(file, { pages })).ratio))
    expect(ratios).toEqual([1, 0, 1, 0])
    expect(await failure(file, { pages: 4 })).toBe('NO_PAGE')
    expect(await failure(file, { pages: 'all', maxPixels: 799 })).toBe('TOO_LARGE')
  })

  it('of an image that has one', async () => {
    expect(await measured(picture, { pages: 'all' })).toEqual(exact)
    expect(await failure(picture, { pages: 1 })).toBe('NO_PAGE')
  })
})

describe('what is broken', () => {
  const halves = ['jpeg', 'png', 'webp', 'gif', 'tiff', 'avif'] as const

  it.each(halves)('half a file of %s is CORRUPT', async (format) => {
    const file = await sharp(picture).toFormat(format).toBuffer()
    expect(await failure(file.subarray(0, file.length / 2))).toBe('CORRUPT')
  })

  it.each([
    ['no bytes', Buffer.alloc(0)],
    ['the first three bytes of a JPEG', tomatoes.subarray(0, 3)],
    ['a JPEG without its last bytes', tomatoes.subarray(0, -40)],
    ['a PNG overwritten in the middle', Buffer.from(picture).fill(0x55, picture.length / 2, picture.length / 2 + 40)],
    ['compressed bytes that are no SVG', Buffer.from([0x1f, 0x8b, 8, 0, 0])],
  ])('%s: CORRUPT', async (_, file) => {
    expect(await failure(file, { svg: true })).toBe('CORRUPT')
  })

  it.each([
    ['text', Buffer.from('{"red": 1}')],
    ['PDF', Buffer.from('%PDF-1.7\n')],
    ['BMP', Buffer.from('BM\x46\0\0\0\0\0\0\0')],
    ["libvips's own format", Buffer.from([0xb6, 0xa6, 0xf2, 0x08, ...Array<number>(60).fill(0)])],
  ])('%s: UNSUPPORTED', async (_, file) => {
    expect(await failure(file)).toBe('UNSUPPORTED')
  })
})

describe('size', () => {
  it('is checked before decoding: a bomb is refused by its header', async () => {
    const bomb = await blank('#f00', 10_001, 10_000).png().toBuffer()
    const begin = process.memoryUsage.rss()
    expect(await failure(bomb)).toBe('TOO_LARGE')
    expect(process.memoryUsage.rss() - begin).toBeLessThan(200e6) // decoded it would be 300 MB
  })

  it('has its limit where `maxPixels` says', async () => {
    expect(await measured(picture, { maxPixels: 160 * 120 })).toEqual(exact)
    expect(await failure(picture, { maxPixels: 160 * 120 - 1 })).toBe('TOO_LARGE')
  })
})

describe('SVG', () => {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="10" height="10">
    <image xlink:href="neighbour.png" href="neighbour.png" width="10" height="10"/><rect width="5" height="5" fill="#f00"/></svg>`

  it('is refused, unless it is asked for', async () => {
    expect(await failure(Buffer.from(svg))).toBe('UNSUPPORTED')
    expect(await measured(Buffer.from(svg), { svg: true })).toMatchObject({
      ratio: 1,
      redWeight: 25 * 255,
      pixels: 100,
    })
  })

  it('does not read other files, although sharp would', async () => {
    const path = join(folder, 'drawing.svg')
    await writeFile(path, svg)
    await writeFile(join(folder, 'neighbour.png'), await blank('#00f', 10, 10).png().toBuffer())
    const opaque = (await sharp(path).extractChannel('alpha').raw().toBuffer()).filter((alpha) => alpha === 255).length
    expect(opaque).toBe(100)
    expect(await measured(path, { svg: true })).toMatchObject({ ratio: 1, weight: 25 * 255 })
  })

  it('of any size keeps to the limit', async () => {
    const huge = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="100000" height="100000"/>')
    expect(await failure(huge, { svg: true })).toBe('TOO_LARGE')
  })
})
