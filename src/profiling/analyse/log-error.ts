/** `NO_LINES`: no profiling lines; `NO_PROFILE`: no complete CPU profile; `MISSING_PEER`: an optional package is not installed. */
export type LogErrorCode = 'NO_LINES' | 'NO_PROFILE' | 'MISSING_PEER'

/**
 * Why a log gives no answer. Test `code`, not the class.
 *
 * @example
 * ```ts
 * import { analyse, type LogError } from 'ruddle/profiling/analyse'
 *
 * const log = ['a line of another program\n']
 * await analyse([log]).catch(({ code }: LogError) => code) // => 'NO_LINES'
 * ```
 */
export class LogError extends Error {
  override readonly name = 'LogError'
  readonly code: LogErrorCode

  constructor(code: LogErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}
