import { readdirSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import { expect } from 'vitest'
import { imageTypeOf } from '../../src/red-ratio/image/image-type.ts'
import { detectImageType, SNIFF_BYTES } from '../../src/upload/image-type.ts'
import { fuzzTest } from './fuzz-test.ts'
import { damagedBytes } from './mutations.ts'

const folder = new URL('../../examples/images/', import.meta.url)
const pictures = readdirSync(folder)
  .filter((name) => /\.(jpg|png|webp)$/.test(name))
  .map((name) => readFileSync(new URL(name, folder)).subarray(0, 200))

const box = (brand: string, ...others: string[]): string => {
  const size = 16 + 4 * others.length
  return `\0\0\0${String.fromCharCode(size)}ftyp${brand}\0\0\0\0${others.join('')}`
}

/** The beginnings of pictures, with what has to be found in them. */
const heads: readonly (readonly [type: string, head: Buffer])[] = [
  ...pictures.map((head) => [{ 255: 'jpeg', 137: 'png', 82: 'webp' }[head[0]!]!, head] as const),
  ...Object.entries({
    gif: 'GIF89a\x01\0\x01\0',
    tiff: 'II*\0\x08\0\0\0',
    bmp: 'BM\x46\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0\x01',
    'x-icon': `\0\0\x01\0\x01\0\x10\x10\0\0\x01\0\x20\0${'\0'.repeat(8)}`,
    avif: box('avif', 'mif1'),
    heic: box('mif1', 'heic'),
    heif: box('mif1', 'tmap'),
    'svg+xml': '<?xml version="1.0"?><!-- a --> <!DOCTYPE svg><svg xmlns="http://www.w3.org/2000/svg"/>',
  }).map(([type, head]) => [type, Buffer.from(head, 'latin1')] as const),
]

const known = new Set(['jpeg', 'png', 'gif', 'webp', 'tiff', 'bmp', 'x-icon', 'avif', 'heic', 'heif', 'svg+xml'])
const same = new Set(['jpeg', 'png', 'gif'])

fuzzTest(
  'a picture is recognised by its beginning, whatever follows and wherever in memory it lies',
  { runs: 200, outcomes: ['recognised'] },
  fc.tuple(fc.constantFrom(...heads), fc.uint8Array({ maxLength: 6_000 }), fc.nat(9)),
  ([[type, head], rest, before]) => {
    const bytes = Buffer.concat([Buffer.alloc(before, 'GIF89a'), head, rest])
    expect(detectImageType(bytes.subarray(before), { svg: true })).toBe(`image/${type}`)
    return 'recognised'
  },
)

fuzzTest(
  'anything else is recognised as one of the known types or not at all',
  { runs: 400, outcomes: ['recognised', 'unknown'] },
  damagedBytes(fc.constantFrom(...heads.map(([, head]) => head))),
  (bytes) => {
    const type = detectImageType(bytes, { svg: true })?.replace('image/', '')
    if (type !== undefined) expect(known).toContain(type)
    expect(detectImageType(bytes.subarray(0, SNIFF_BYTES), { svg: true })?.replace('image/', '')).toBe(type)
    if (type !== 'svg+xml') expect(detectImageType(bytes)?.replace('image/', '')).toBe(type)
    else expect(detectImageType(bytes)).toBeUndefined()
    const decoded = imageTypeOf(bytes)
    for (const each of same) expect(decoded === each).toBe(type === each)
    return type === undefined ? 'unknown' : 'recognised'
  },
)
