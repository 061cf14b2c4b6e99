import { mkdtempSync, readdirSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import sharp from 'sharp'

export interface Files {
  readonly folder: string
  /** 12 million pixels. */
  readonly jpeg: string
  readonly png: string
  /** A JPEG of 280 million pixels, 14,000 wide: what is kept in memory grows with the width. */
  readonly huge: string
  /** Of the first two, for people. */
  readonly size: string
}

const images = fileURLToPath(new URL('../../../examples/images/', import.meta.url))

export async function makeFiles(): Promise<Files> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-red-ratio-'))
  const [jpeg, png, huge] = ['12.jpg', '12.png', '280.jpg'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ]
  const pixels = withGrain(await mosaic(4000, 3000))
  const raw = { width: 4000, height: 3000, channels: 3 } as const
  await sharp(pixels, { raw }).jpeg({ quality: 90 }).toFile(jpeg)
  await sharp(pixels, { raw }).png().toFile(png)
  await sharp(pixels, { raw, limitInputPixels: false })
    .resize(14_000, 20_000, { fit: 'fill', kernel: 'nearest' })
    .jpeg()
    .toFile(huge)
  const megabytes = (file: string) => `${(statSync(file).size / 1e6).toFixed(1)} MB`
  return { folder, jpeg, png, huge, size: `${megabytes(jpeg)} as JPEG, ${megabytes(png)} as PNG` }
}

async function mosaic(width: number, height: number): Promise<Buffer> {
  const names = readdirSync(images).filter((name) => /\.(jpg|png|webp)$/.test(name))
  const tiles = await Promise.all(
    names.slice(0, 16).map(async (name, i) => ({
      input: await sharp(join(images, name))
        .resize(width / 4, height / 4)
        .png()
        .toBuffer(),
      left: (i % 4) * (width / 4),
      top: Math.floor(i / 4) * (height / 4),
    })),
  )
  const canvas = { create: { width, height, channels: 3, background: '#000' } } as const
  return await sharp(canvas).composite(tiles).removeAlpha().raw().toBuffer()
}

/** As a camera's sensor has it: the sum of four dice, -16 to 16, which makes files as large as a camera's. */
function withGrain(pixels: Buffer): Buffer {
  const dice = noise(pixels.length + 3)
  const roll = (i: number) => dice[i]! >> 5
  for (let i = 0; i < pixels.length; i++) {
    const grain = roll(i) + roll(i + 1) + roll(i + 2) + roll(i + 3) - 14
    pixels[i] = Math.min(255, Math.max(0, pixels[i]! + grain))
  }
  return pixels
}

export function noise(length: number): Uint8Array {
  let state = 1
  return new Uint8Array(length).map(() => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0
    return state >>> 24
  })
}

/** All red. */
export function flat(length: number): Uint8Array {
  return new Uint8Array(length).map((_, i) => (i % 3 === 0 ? 255 : 0))
}
