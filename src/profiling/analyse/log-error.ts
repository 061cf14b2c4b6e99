/** `NO_LINES`: no profiling lines; `NO_PROFILE`: no complete CPU profile; `MISSING_PEER`: an optional package is not installed. */
export type LogErrorCode = 'NO_LINES' | 'NO_PROFILE' | 'MISSING_PEER'

export class LogError extends Error {
  override readonly name = 'LogError'
  readonly code: LogErrorCode

  constructor(code: LogErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}
