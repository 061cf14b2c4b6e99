import { RedRatioError } from './red-ratio-error.ts'

/** The part of sharp that is used. */
export interface Sharp {
  open(input: string | Uint8Array, options: SharpOptions): SharpImage
  /** Whether this build writes files of libvips's own format. */
  readonly writesVipsFiles: boolean
}

export interface SharpOptions {
  readonly limitInputPixels: number
  readonly page?: number
  readonly pages?: number
}

export interface SharpImage {
  metadata(): Promise<SharpMetadata>
  removeAlpha(): SharpImage
  withIccProfile(profile: 'srgb'): SharpImage
  raw(): SharpImage
  toBuffer(options: { readonly resolveWithObject: true }): Promise<{ data: Uint8Array; info: SharpInfo }>
  toFile(path: string): Promise<SharpInfo>
}

export interface SharpMetadata {
  readonly width: number
  /** Of all pages that were asked for. */
  readonly height: number
  readonly pages?: number
  readonly space?: string
  readonly hasProfile: boolean
}

export interface SharpInfo {
  readonly width: number
  readonly height: number
  readonly channels: number
}

export async function loadSharp(): Promise<Sharp> {
  try {
    const { default: sharp } = await import('sharp')
    return {
      // sharp's methods are overloaded, with callbacks first, which TypeScript does not match with these
      open: (input, options) => sharp(input, options) as SharpImage,
      writesVipsFiles: sharp.format.vips.output.file,
    }
  } catch (cause) {
    throw new RedRatioError('MISSING_PEER', 'Expected the package sharp to decode images: npm i sharp', { cause })
  }
}
