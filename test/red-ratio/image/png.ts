import { deflateSync } from 'node:zlib'

/** A PNG of one row, written by hand: sharp converts the numbers when it attaches a profile, or does not. */
export function pngWithProfile(pixel: readonly [number, number, number], depth: 8 | 16, profile: Buffer): Buffer {
  const width = 4
  const row = Buffer.alloc(1 + (width * 3 * depth) / 8)
  for (let sample = 0; sample < width * 3; sample++) {
    if (depth === 8) row.writeUInt8(pixel[sample % 3]!, 1 + sample)
    else row.writeUInt16BE(pixel[sample % 3]! * 257, 1 + sample * 2)
  }
  const header = Buffer.from([0, 0, 0, width, 0, 0, 0, 1, depth, 2, 0, 0, 0])
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', header),
    chunk('iCCP', Buffer.concat([Buffer.from('p\0\0', 'latin1'), deflateSync(profile)])),
    chunk('IDAT', deflateSync(row)),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data])
  const length = Buffer.alloc(4)
  length.writeUInt32BE(data.length)
  const check = Buffer.alloc(4)
  check.writeUInt32BE(crc(body))
  return Buffer.concat([length, body, check])
}

function crc(bytes: Buffer): number {
  let value = 0xffffffff
  for (const byte of bytes) {
    value ^= byte
    for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1
  }
  return ~value >>> 0
}
