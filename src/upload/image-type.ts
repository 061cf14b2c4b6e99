/** So many bytes from the start of a file are enough to tell its type. */
export const SNIFF_BYTES = 4096

/**
 * The media type of an image by its first bytes, `undefined` if they are none of the known ones. Names are not asked:
 * they lie. The signatures are those of the MIME Sniffing Standard, of ISO/IEC 23008-12 (HEIF) and of TIFF 6.0.
 *
 * @param bytes at least 16 bytes from the start of the file, better 4,096
 * @param options `svg`: whether text that begins as SVG counts as an image
 *
 * @example
 * ```ts
 * import { readFileSync } from 'node:fs'
 * import { detectImageType } from 'ruddle/upload'
 *
 * detectImageType(readFileSync('photos/tomatoes.jpg')) // => 'image/jpeg'
 * detectImageType(new TextEncoder().encode('just a text')) // => undefined
 * ```
 */
export function detectImageType(bytes: Uint8Array, { svg = false }: { svg?: boolean } = {}): string | undefined {
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.byteLength, SNIFF_BYTES))
  switch (head[0]) {
    case 0xff:
      return head[1] === 0xd8 && head[2] === 0xff ? 'image/jpeg' : undefined
    case 0x89:
      return startsWith(head, '\x89PNG\r\n\x1a\n') ? 'image/png' : undefined
    case 0x47:
      return startsWith(head, 'GIF87a') || startsWith(head, 'GIF89a') ? 'image/gif' : undefined
    case 0x52:
      return startsWith(head, 'RIFF') && head.toString('latin1', 8, 14) === 'WEBPVP' ? 'image/webp' : undefined
    case 0x49:
      return startsWith(head, 'II*\0') || startsWith(head, 'II+\0') ? 'image/tiff' : undefined
    case 0x4d:
      return startsWith(head, 'MM\0*') || startsWith(head, 'MM\0+') ? 'image/tiff' : undefined
    case 0x42:
      return isBitmap(head) ? 'image/bmp' : undefined
    case 0x00:
      return isIcon(head) ? 'image/x-icon' : heifType(head)
    default:
      return svg && isSvg(head) ? 'image/svg+xml' : undefined
  }
}

function startsWith(head: Buffer, signature: string): boolean {
  return head.toString('latin1', 0, signature.length) === signature
}

/** `BM` alone begins many a text: the reserved words must be zero and the second header of a known size. */
function isBitmap(head: Buffer): boolean {
  if (head.length < 18 || !startsWith(head, 'BM') || head.readUInt32LE(6) !== 0) return false
  return [12, 16, 40, 52, 56, 64, 108, 124].includes(head.readUInt32LE(14))
}

/** ICO has no signature but four constant bytes; the first directory entry must also make sense. */
function isIcon(head: Buffer): boolean {
  return head.length >= 22 && startsWith(head, '\0\0\x01\0') && head.readUInt16LE(4) > 0 && head[9] === 0
}

/** An ISO media file whose major or compatible brands include a picture's. */
function heifType(head: Buffer): string | undefined {
  if (head.length < 16 || head.toString('latin1', 4, 8) !== 'ftyp') return undefined
  const end = Math.min(head.readUInt32BE(0), head.length, 256)
  const brands = new Set<string>()
  for (let at = 8; at + 4 <= end; at += at === 8 ? 8 : 4) brands.add(head.toString('latin1', at, at + 4))
  if (brands.has('avif') || brands.has('avis')) return 'image/avif'
  if (['heic', 'heix', 'heim', 'heis', 'hevc', 'hevx'].some((brand) => brands.has(brand))) return 'image/heic'
  return brands.has('mif1') || brands.has('msf1') ? 'image/heif' : undefined
}

/** The first element of the text, after a byte order mark, XML declaration, comments and a document type, is `svg`. */
function isSvg(head: Buffer): boolean {
  let text = head.toString().replace(/^\uFEFF/, '')
  for (;;) {
    text = text.trimStart()
    const closing = text.startsWith('<!--') ? '-->' : /^<[?!]/.test(text) ? '>' : undefined
    if (closing === undefined) return /^<(?:svg:)?svg[\s>/]/.test(text)
    const end = text.indexOf(closing)
    if (end < 0) return false
    text = text.slice(end + closing.length)
  }
}
