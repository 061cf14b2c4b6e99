import { UploadError } from './errors.ts'
import type { Settings } from './options.ts'
import { concernsAll } from './retry.ts'

const EQUAL_REFUSALS = 5

/** What the files of one upload may do together: the gate of `Retry-After`, the budget of retries, the circuit. */
export interface Limits {
  /** Waits while the server asked everybody to wait; nothing to wait for gives `undefined`. */
  gate(signal: AbortSignal): Promise<void> | undefined
  /** Holds everybody back for so long. */
  hold(ms: number): void
  /** Takes one retry out of the budget, if there is one left. */
  takeRetry(): boolean
  /** Counts a file that is about to be tried. */
  begun(): void
  /** Counts its end. */
  succeeded(): void
  failed(error: UploadError): void
  /** Why nothing more is to be tried. */
  stopped(): UploadError | undefined
  /** Whether the server was ever reached. */
  reached(): boolean
}

export function limits(
  { retry, maxErrors, clock }: Pick<Settings, 'retry' | 'maxErrors' | 'clock'>,
  warn: (message: string) => void,
): Limits {
  let openAt = 0
  let tried = 0
  let retries = 0
  let warned = false
  let failures = 0
  let answered = false
  let refusals = 0
  let lastRefusal: string | undefined
  let stop: UploadError | undefined

  async function untilOpen(signal: AbortSignal): Promise<void> {
    for (let left = openAt - clock.now(); left > 0; left = openAt - clock.now()) await clock.sleep(left, signal)
  }

  return {
    gate: (signal) => (openAt === 0 || openAt <= clock.now() ? undefined : untilOpen(signal)),
    hold(ms) {
      openAt = Math.max(openAt, clock.now() + ms)
    },
    takeRetry() {
      if (retries >= retry.budgetMin + retry.budgetRatio * tried) {
        if (!warned) warn(`The budget of retries is spent after ${retries} of them`)
        warned = true
        return false
      }
      retries++
      return true
    },
    begun() {
      tried++
    },
    succeeded() {
      answered = true
      refusals = 0
    },
    failed(error) {
      failures++
      if (error.phase === 'answer') answered = true
      if (failures >= maxErrors) {
        stop ??= new UploadError('MAX_ERRORS', `Not tried, after ${failures} failed files`, { phase: 'stopped' })
      }
      if (!concernsAll(error)) {
        refusals = 0
        return
      }
      refusals = error.code === lastRefusal ? refusals + 1 : 1
      lastRefusal = error.code
      // a name that cannot be resolved and never was is a typing error: no further file will find it
      if (refusals >= EQUAL_REFUSALS || (error.code === 'ENOTFOUND' && !answered)) {
        stop ??= new UploadError('CIRCUIT_OPEN', `Not tried, after ${refusals} times in a row: ${error.message}`, {
          cause: error,
          phase: 'stopped',
        })
      }
    },
    stopped: () => stop,
    reached: () => answered,
  }
}
