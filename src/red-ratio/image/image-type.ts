/** Formats that are decoded; everything else that libvips could open is refused before it sees the bytes. */
export type ImageType = 'jpeg' | 'png' | 'webp' | 'gif' | 'tiff' | 'heif' | 'svg'

/** As many bytes of a file as tell its type. */
export const TYPE_BYTES = 1024

/** By the first bytes, never by the name. */
export function imageTypeOf(start: Uint8Array): ImageType | undefined {
  const text = Buffer.from(start.buffer, start.byteOffset, Math.min(start.length, TYPE_BYTES)).toString('latin1')
  if (text.startsWith('\xff\xd8\xff')) return 'jpeg'
  if (text.startsWith('\x89PNG\r\n\x1a\n')) return 'png'
  if (/^GIF8[79]a/.test(text)) return 'gif'
  if (/^RIFF....WEBP/s.test(text)) return 'webp'
  if (/^(II[*+]\0|MM\0[*+])/.test(text)) return 'tiff'
  if (/^....ftyp(avif|avis|heic|heix|hevc|hevx|mif1|msf1)/s.test(text)) return 'heif'
  if (/^(\xef\xbb\xbf)?\s*<(\?xml|!--|!DOCTYPE svg|svg)/i.test(text) || text.startsWith('\x1f\x8b')) return 'svg'
  return undefined
}
