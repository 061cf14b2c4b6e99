import { open } from 'node:fs/promises'
import { createRedCounter, type RedRatioDetails } from '../red-counter.ts'
import { redRatioDetails } from '../red-ratio.ts'
import type { Sharp, SharpImage, SharpMetadata, SharpOptions } from './sharp-peer.ts'
import type { Source } from './source.ts'

/** What is asked about the pixels. */
export interface Question {
  readonly definition?: string
  readonly alpha?: 'weight' | 'ignore'
}

/**
 * The image as 8-bit sRGB, with alpha where it has some and that matters. sharp converts by the embedded profile of
 * its own accord, but not at 16 bit, where pure red of Display P3 would come out as 234, 51, 34: asking for an sRGB
 * profile makes it convert. For other images the same request only costs (the time of decoding doubles).
 */
export function pixelsOf(
  sharp: Sharp,
  { input }: Source,
  options: SharpOptions,
  { space, hasProfile }: SharpMetadata,
  { alpha }: Question,
): SharpImage {
  let image = sharp.open(input, options)
  if (hasProfile && (space === 'rgb16' || space === 'grey16')) image = image.withIccProfile('srgb')
  if (alpha === 'ignore') image = image.removeAlpha()
  return image
}

export async function countInMemory(image: SharpImage, question: Question): Promise<RedRatioDetails> {
  const { data, info } = await image.raw().toBuffer({ resolveWithObject: true })
  return redRatioDetails(data, { ...question, channels: channelsOf(info.channels) })
}

const HEADER_BYTES = 64
const PIECE_BYTES = 768 * 1024

/**
 * sharp gives raw pixels in one piece only. Into a file of libvips's own format it writes them strip by strip, behind
 * a header of 64 bytes: a decoded image of 840 MB passes through in some 40 MB of memory, which grow with the width of a row.
 */
export async function countThroughFile(
  image: SharpImage,
  path: string,
  question: Question,
  signal: AbortSignal | undefined,
): Promise<RedRatioDetails> {
  const { width, height, channels } = await image.toFile(path)
  const counter = createRedCounter({ ...question, channels: channelsOf(channels), width, height })
  const file = await open(path)
  try {
    const piece = Buffer.allocUnsafe(PIECE_BYTES)
    const end = HEADER_BYTES + width * height * channels
    for (let at = HEADER_BYTES; at < end; ) {
      signal?.throwIfAborted()
      const { bytesRead } = await file.read(piece, 0, Math.min(PIECE_BYTES, end - at), at)
      if (bytesRead === 0) throw new Error(`The temporary file ends at ${at} of ${end} bytes`)
      counter.push(piece.subarray(0, bytesRead))
      at += bytesRead
    }
  } finally {
    await file.close()
  }
  return counter.result()
}

function channelsOf(channels: number): 1 | 2 | 3 | 4 {
  if (channels === 1 || channels === 2 || channels === 3 || channels === 4) return channels
  throw new Error(`Expected 1 to 4 channels from sharp, got ${channels}`)
}
