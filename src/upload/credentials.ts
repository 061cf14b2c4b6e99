import { UploadError } from './errors.ts'
import type { HeaderFields, Settings } from './options.ts'

/** The header fields of the caller, asked for once, and again when the server no longer accepts them. */
export interface Credentials {
  headers(): HeaderFields | Promise<HeaderFields>
  renew(): void
}

export function credentials({ headers }: Pick<Settings, 'headers'>): Credentials {
  let asked: Promise<HeaderFields> | undefined
  let current: HeaderFields | undefined

  function ask(): Promise<HeaderFields> {
    // one question for all lanes that wait
    asked ??= Promise.resolve()
      .then(headers)
      .then(
        (given) => {
          current = given
          return given
        },
        (error) => {
          asked = undefined
          throw new UploadError('CALLBACK_FAILED', '`headers` failed', { cause: error, phase: 'open' })
        },
      )
    return asked
  }

  return {
    headers: () => current ?? ask(),
    renew() {
      current = undefined
      asked = undefined
    },
  }
}
