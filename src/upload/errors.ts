/** Where in the life of a file something went wrong. */
export type UploadPhase = 'list' | 'open' | 'read' | 'connect' | 'send' | 'answer' | 'stopped'

/**
 * The codes of this module. Codes of the system (`ENOENT`, `ECONNREFUSED`), of TLS (`CERT_HAS_EXPIRED`) and of the
 * HTTP parser (`HPE_INVALID_CONSTANT`) are passed on as they are; a refusing answer is `HTTP_` and its status.
 */
export type UploadErrorCode =
  | `HTTP_${number}`
  /** The folder does not exist, is no folder or cannot be read; `cause` is the system's error. */
  | 'FOLDER_UNUSABLE'
  /** A file source of the caller's own failed while listing. */
  | 'LIST_FAILED'
  /** The upload was aborted; `summary` holds what was done before. */
  | 'ABORTED'
  /** The file grew, shrank or was replaced while it was read. */
  | 'ESOURCECHANGED'
  /** A callback of the caller (`fields`, `headers`) threw or gave something unusable. */
  | 'CALLBACK_FAILED'
  /** No connection within `timeouts.connectMs`. */
  | 'CONNECT_TIMEOUT'
  /** The server took no byte for `timeouts.stallMs`. */
  | 'STALL_TIMEOUT'
  /** No answer within `timeouts.headersMs` after the last byte. */
  | 'HEADERS_TIMEOUT'
  /** The attempt took longer than `timeouts.totalMs`. */
  | 'TOTAL_TIMEOUT'
  /** The connection ended in the middle of the answer. */
  | 'ANSWER_TRUNCATED'
  /** What came is no HTTP/1.1 answer. */
  | 'BAD_ANSWER'
  /** The answer was larger than 1 MiB. */
  | 'ANSWER_TOO_LARGE'
  /** The server's answer ended before the whole file was sent. */
  | 'NOT_ALL_SENT'
  /** A redirect without a usable target, or more than five in a row. */
  | 'BAD_REDIRECT'
  /** Not tried: the server refused several files in a row for a reason that concerns all of them. */
  | 'CIRCUIT_OPEN'
  /** Not tried: `maxErrors` files had failed. */
  | 'MAX_ERRORS'
  /** Another process is using the journal. */
  | 'JOURNAL_LOCKED'
  /** The file is no journal, or that of another upload. */
  | 'JOURNAL_INVALID'

/**
 * What this module rejects with, and what stands behind the `error` of a failed file. Test `code`, not the class.
 *
 * @example
 * ```ts
 * import { type UploadError, uploadFile, uploadFolder } from 'ruddle/upload'
 *
 * const url = 'http://localhost:4001'
 * const upload = uploadFolder('no-such-folder', { url })
 * await upload.then(undefined, ({ code }: UploadError) => code) // => 'FOLDER_UNUSABLE'
 * const { error } = await uploadFile('no-such-file.jpg', { url })
 * error?.code // => 'ENOENT'
 * ```
 */
export class UploadError<Summary = unknown> extends Error {
  override readonly name = 'UploadError'
  readonly code: UploadErrorCode | (string & {})
  readonly phase: UploadPhase | undefined
  /** After an abort: what was done until then. */
  readonly summary: Summary | undefined

  constructor(
    code: UploadErrorCode | (string & {}),
    message: string,
    { cause, phase, summary }: { cause?: unknown; phase?: UploadPhase | undefined; summary?: Summary } = {},
  ) {
    super(message, cause === undefined ? undefined : { cause })
    this.code = code
    this.phase = phase
    this.summary = summary
  }
}

/** Gives an error of the system the phase it happened in; an `UploadError` stays what it is. */
export function inPhase(error: unknown, phase: UploadPhase): UploadError {
  if (error instanceof UploadError) return error
  const message = error instanceof Error ? error.message : String(error)
  const code = codeOf(error) ?? 'UNKNOWN'
  // node:net fails with an AggregateError without words when it has tried several addresses
  return new UploadError(code, message || code, { cause: error, phase })
}

/** The `code` of an error of the system, if it has one. */
export function codeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined
  return typeof error.code === 'string' ? error.code : undefined
}

/** The other side has closed a connection that was still needed, in the system's terms. */
export function connectionEnded(): Error {
  return Object.assign(new Error('The server closed the connection'), { code: 'ECONNRESET' })
}
