/** Two independent 32-bit hashes of an id's UTF-8 bytes. */
export interface IdHash {
  readonly high: number
  readonly low: number
}

/**
 * MurmurHash3 (x86, 32 bits, seed 0) and XXH32 (seed 0), by their published definitions: two hashes that ClickHouse
 * computes too (`murmurHash3_32`, `xxHash32`) and that need no 64-bit arithmetic.
 */
export function hashId(id: string): IdHash {
  const bytes = Buffer.from(id)
  return { high: murmur3(bytes), low: xxHash32(bytes) }
}

function murmur3(bytes: Buffer): number {
  const whole = bytes.length & ~3
  let hash = 0
  for (let i = 0; i < whole; i += 4) {
    hash ^= scramble(bytes.readUInt32LE(i))
    hash = (Math.imul(rotate(hash, 13), 5) + 0xe6546b64) | 0
  }
  let rest = 0
  for (let i = bytes.length - 1; i >= whole; i--) rest = (rest << 8) | bytes[i]!
  hash ^= scramble(rest) ^ bytes.length
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}

function scramble(word: number): number {
  return Math.imul(rotate(Math.imul(word, 0xcc9e2d51), 15), 0x1b873593)
}

const prime1 = 0x9e3779b1
const prime2 = 0x85ebca77
const prime3 = 0xc2b2ae3d
const prime4 = 0x27d4eb2f
const prime5 = 0x165667b1

function xxHash32(bytes: Buffer): number {
  let at = 0
  let hash = prime5
  if (bytes.length >= 16) {
    const lanes = [prime1 + prime2, prime2, 0, -prime1]
    for (; at + 16 <= bytes.length; at += 16) {
      for (let lane = 0; lane < 4; lane++) {
        const word = Math.imul(bytes.readUInt32LE(at + 4 * lane), prime2)
        lanes[lane] = Math.imul(rotate((lanes[lane]! + word) | 0, 13), prime1)
      }
    }
    const [a, b, c, d] = lanes as [number, number, number, number]
    hash = rotate(a, 1) + rotate(b, 7) + rotate(c, 12) + rotate(d, 18)
  }
  hash = (hash + bytes.length) | 0
  for (; at + 4 <= bytes.length; at += 4) {
    hash = Math.imul(rotate((hash + Math.imul(bytes.readUInt32LE(at), prime3)) | 0, 17), prime4)
  }
  for (; at < bytes.length; at++) {
    hash = Math.imul(rotate((hash + Math.imul(bytes[at]!, prime5)) | 0, 11), prime1)
  }
  hash = Math.imul(hash ^ (hash >>> 15), prime2)
  hash = Math.imul(hash ^ (hash >>> 13), prime3)
  return (hash ^ (hash >>> 16)) >>> 0
}

function rotate(word: number, by: number): number {
  return (word << by) | (word >>> (32 - by))
}
