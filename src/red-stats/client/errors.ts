/**
 * Why a connection ended for good:
 * - `UNAUTHORIZED`: the server does not know the token
 * - `FORBIDDEN`: the token has expired or does not allow what was asked
 * - `INVALID`: the server does not accept what was asked
 * - `LIMIT`: more subscriptions than the server takes
 */
export type RedStatsClientErrorCode = 'UNAUTHORIZED' | 'FORBIDDEN' | 'INVALID' | 'LIMIT'

/**
 * Thrown by the iterator of a connection. Test `code`, not the class.
 *
 * @example
 * ```ts
 * import { connectRedStats, type RedStatsClientError } from 'ruddle/red-stats/client'
 * import { WebSocket } from 'ws'
 *
 * const subscriptions = Array.from({ length: 101 }, (_, i) => ({ minRed: i / 1000 })) // the server takes 100
 * const alerts = connectRedStats('ws://localhost:4000', { subscriptions, WebSocket })
 * const first = alerts[Symbol.asyncIterator]().next()
 * await first.catch(({ code }: RedStatsClientError) => code) // => 'LIMIT'
 * ```
 */
export class RedStatsClientError extends Error {
  override readonly name = 'RedStatsClientError'
  readonly code: RedStatsClientErrorCode

  constructor(code: RedStatsClientErrorCode, message: string) {
    super(message)
    this.code = code
  }
}
