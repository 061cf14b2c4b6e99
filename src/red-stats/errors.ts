/**
 * What went wrong:
 * - `INVALID`: an event or a query is wrong; the message names the field
 * - `BUSY`: the queue of events waiting to be stored is full
 * - `CLOSED`: the engine was closed
 * - `LOCKED`: another process owns the data folder
 * - `UNAVAILABLE`: the store cannot be reached
 * - `TIMEOUT`: the store did not answer in time
 * - `CORRUPT`: what is stored cannot be read
 * - `MISSING_PEER`: an optional package is not installed; the message names the `npm i` command
 */
export type RedStatsErrorCode =
  | 'INVALID'
  | 'BUSY'
  | 'CLOSED'
  | 'LOCKED'
  | 'UNAVAILABLE'
  | 'TIMEOUT'
  | 'CORRUPT'
  | 'MISSING_PEER'

/**
 * Thrown by everything in red-stats. Test `code`, not the class.
 *
 * @example
 * ```ts
 * import { memoryStore, RedStats, type RedStatsError } from 'ruddle/red-stats'
 *
 * await using stats = new RedStats({ store: memoryStore() })
 * const recorded = stats.record({ imageId: 'rose', timestamp: Date.now(), clientId: 'kitchen', red: 85 })
 * await recorded.catch(({ code, field }: RedStatsError) => `${code} ${field}`) // => 'INVALID red'
 * ```
 */
export class RedStatsError extends Error {
  override readonly name = 'RedStatsError'
  readonly code: RedStatsErrorCode
  /** Whether the same call can succeed later. */
  readonly retryable: boolean
  /** `none`: nothing was stored; `unknown`: it may have been, so repeat the call with the same ids. */
  readonly outcome: 'none' | 'unknown'
  /** The field that an `INVALID` is about. */
  readonly field?: string

  constructor(
    code: RedStatsErrorCode,
    message: string,
    { cause, field, outcome = 'none' }: { cause?: unknown; field?: string; outcome?: 'none' | 'unknown' } = {},
  ) {
    super(message, cause === undefined ? undefined : { cause })
    this.code = code
    this.retryable = code === 'BUSY' || code === 'UNAVAILABLE' || code === 'TIMEOUT'
    this.outcome = outcome
    if (field !== undefined) this.field = field
  }
}
