import { readdirSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import sharp from 'sharp'
import { expect, it } from 'vitest'
import { detectImageType } from '../../src/upload/index.ts'

const picture = sharp({ create: { width: 8, height: 8, channels: 3, background: 'red' } })

it.each([
  ['image/jpeg', () => picture.clone().jpeg().toBuffer()],
  ['image/png', () => picture.clone().png().toBuffer()],
  ['image/gif', () => picture.clone().gif().toBuffer()],
  ['image/webp', () => picture.clone().webp().toBuffer()],
  ['image/webp', () => picture.clone().webp({ lossless: true }).toBuffer()],
  ['image/tiff', () => picture.clone().tiff().toBuffer()],
  ['image/avif', () => picture.clone().avif().toBuffer()],
])('knows %s as sharp writes it', async (type, make) => {
  expect(detectImageType(await make())).toBe(type)
})

const bytes = (...parts: (string | number[])[]): Buffer =>
  Buffer.concat([...parts.map((part) => Buffer.from(part as string, 'latin1')), Buffer.alloc(40)])

it.each<[string | undefined, string, Buffer]>([
  ['image/tiff', 'big-endian TIFF', bytes('MM\0*')],
  ['image/tiff', 'BigTIFF', bytes('II+\0')],
  ['image/bmp', 'BMP', bytes('BM', [1, 2, 3, 4, 0, 0, 0, 0, 54, 0, 0, 0, 40, 0, 0, 0])],
  [undefined, 'a text that begins with BM', bytes('BMW is a maker of cars, among other things')],
  ['image/x-icon', 'ICO', bytes([0, 0, 1, 0, 1, 0, 16, 16, 0, 0])],
  [undefined, 'a cursor', bytes([0, 0, 2, 0, 1, 0, 16, 16, 0, 0])],
  ['image/heic', 'HEIC', bytes([0, 0, 0, 24], 'ftypheic', [0, 0, 0, 0], 'mif1heic')],
  ['image/heif', 'HEIF of another kind', bytes([0, 0, 0, 24], 'ftypmif1', [0, 0, 0, 0], 'mif1miaf')],
  ['image/avif', 'AVIF by a compatible brand', bytes([0, 0, 0, 28], 'ftypmif1', [0, 0, 0, 0], 'miafavif')],
  [undefined, 'an MP4', bytes([0, 0, 0, 24], 'ftypisom', [0, 0, 0, 0], 'isommp42')],
  [undefined, 'a WAV', bytes('RIFF', [1, 2, 3, 4], 'WAVEfmt ')],
  [undefined, 'a PNG cut short', Buffer.from('\x89PNG', 'latin1')],
  [undefined, 'a PDF', bytes('%PDF-1.7')],
  [undefined, 'HTML', bytes('<!doctype html><svg>')],
  [undefined, 'SVG that was not asked for', bytes('<svg xmlns="http://www.w3.org/2000/svg">')],
  [undefined, 'nothing', Buffer.alloc(0)],
])('says %s for %s', (type, _, head) => {
  expect(detectImageType(head)).toBe(type)
})

it.each([
  ['plain', '<svg>', true],
  [
    'with a declaration, a comment and a document type',
    '\ufeff<?xml version="1.0"?>\n<!-- <p> -->\n<!DOCTYPE svg>\n<svg xmlns="x">',
    true,
  ],
  ['with a prefix', '<svg:svg xmlns:svg="x">', true],
  ['in HTML', '<html><svg>', false],
  ['of another name', '<svgs>', false],
  ['never begun', '<!-- <svg>', false],
])('knows SVG %s when asked: %s', (_, text, known) => {
  expect(detectImageType(Buffer.from(text), { svg: true })).toBe(known ? 'image/svg+xml' : undefined)
})

it('knows the pictures of the examples', () => {
  const folder = new URL('../../examples/images/', import.meta.url)
  const names = readdirSync(folder, { recursive: true })
    .map(String)
    .filter((name) => /\.(jpe?g|png|webp|avif|gif)$/.test(name))
  expect(names.length).toBeGreaterThan(0)
  for (const name of names) {
    const type = name.replace(/.*\./, '').replace(/^jpg$/, 'jpeg')
    expect(detectImageType(readFileSync(new URL(name, folder)))).toBe(`image/${type}`)
  }
})

it('never throws, whatever the bytes', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), fc.boolean(), (head, svg) => {
      expect(['string', 'undefined']).toContain(typeof detectImageType(head, { svg }))
    }),
    { numRuns: 2000 },
  )
})
