/**
 * - `MISSING_PEER`: sharp is not installed
 * - `UNSUPPORTED`: not an image, or of a format that is not decoded here
 * - `CORRUPT`: an image that ends too early or contradicts itself
 * - `TOO_LARGE`: more pixels than `maxPixels`
 * - `ABORTED`: the signal said so
 * - codes of the system, such as `ENOENT`, `EACCES`, `EISDIR`, stay as they are
 */
export type RedErrorCode = 'MISSING_PEER' | 'UNSUPPORTED' | 'CORRUPT' | 'TOO_LARGE' | 'ABORTED' | (string & {})

/** Why an image could not be measured. Test `code`, not the class. */
export class RedRatioError extends Error {
  override readonly name = 'RedRatioError'
  readonly code: RedErrorCode

  constructor(code: RedErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}
