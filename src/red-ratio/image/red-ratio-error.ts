/**
 * - `MISSING_PEER`: sharp is not installed
 * - `UNREADABLE`: the stream failed before its end; why is the `cause`
 * - `UNSUPPORTED`: not an image, or of a kind that is not decoded
 * - `CORRUPT`: an image that is empty, ends too early or contradicts itself
 * - `TOO_LARGE`: more pixels than `maxPixels`, or a stream of more bytes than they can need
 * - `NO_PAGE`: the page asked for does not exist
 * - `ABORTED`: the signal said so; its reason is the `cause`
 * - codes of the system, such as `ENOENT`, `EACCES` and `EISDIR`, stay as they are
 */
export type RedRatioErrorCode =
  | 'MISSING_PEER'
  | 'UNREADABLE'
  | 'UNSUPPORTED'
  | 'CORRUPT'
  | 'TOO_LARGE'
  | 'NO_PAGE'
  | 'ABORTED'
  | (string & {})

/**
 * Why an image could not be measured. Test `code`, not the class.
 *
 * @example
 * ```ts
 * import { type RedRatioError, redRatioOf } from 'ruddle/red-ratio/image'
 *
 * const codeOf = ({ code }: RedRatioError) => code
 * await redRatioOf('no-such-file.jpg').catch(codeOf) // => 'ENOENT'
 * await redRatioOf(new TextEncoder().encode('just a text')).catch(codeOf) // => 'UNSUPPORTED'
 * ```
 */
export class RedRatioError extends Error {
  override readonly name = 'RedRatioError'
  readonly code: RedRatioErrorCode

  constructor(code: RedRatioErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}

/** What was thrown while measuring, as an error of ours. Programming mistakes stay what they are. */
export function redRatioErrorOf(cause: unknown, signal: AbortSignal | undefined): unknown {
  if (signal?.aborted) return new RedRatioError('ABORTED', 'The measuring was aborted', { cause: signal.reason })
  if (cause instanceof RedRatioError || cause instanceof TypeError || cause instanceof RangeError) return cause
  const message = cause instanceof Error ? cause.message : String(cause)
  if (cause instanceof Error && 'code' in cause && typeof cause.code === 'string') {
    return new RedRatioError(cause.code, message, { cause })
  }
  const lines = message.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('source: bad seek'))
  const said = [...new Set(lines)].join('; ').slice(0, 300)
  return new RedRatioError(codeOf(message), `The image cannot be decoded: ${said}`, { cause })
}

/** By what sharp says of bytes that start like an image of a known type. */
function codeOf(message: string): RedRatioErrorCode {
  if (/exceeds pixel limit/i.test(message)) return 'TOO_LARGE'
  // "contains unsupported image format" is said of a broken start, too
  if (/page \d+ differs|unsupported (?!image format)/i.test(message)) return 'UNSUPPORTED'
  return 'CORRUPT'
}
