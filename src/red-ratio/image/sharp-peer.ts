import { RedRatioError } from './red-ratio-error.ts'

/** The part of sharp that is used. */
export type Sharp = (input: Uint8Array, options: { readonly limitInputPixels: number }) => SharpImage

export interface SharpImage {
  raw(): SharpImage
  toBuffer(options: { readonly resolveWithObject: true }): Promise<{ data: Uint8Array; info: { channels: number } }>
}

export async function loadSharp(): Promise<Sharp> {
  try {
    const { default: sharp } = await import('sharp')
    return sharp
  } catch (cause) {
    throw new RedRatioError('MISSING_PEER', 'Expected sharp to be installed: npm i sharp', { cause })
  }
}
