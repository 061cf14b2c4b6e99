import type { WebSocketConstructor } from './web-socket.ts'

/** `waiting`: to try again, or for the loop to take what has come. */
export type ConnectionState = 'connecting' | 'open' | 'waiting' | 'closed'

/** A subscription: to images with more red than `minRed`. */
export interface Watch {
  /** Named in alerts when there are several. Default: its place in the list. */
  readonly id?: string
  /** From 0 to 1. */
  readonly minRed: number
  /** Images of everyone, or only those this client sent. Default: what the server allows. */
  readonly scope?: 'all' | 'own'
}

export interface ConnectOptions {
  /** Alerts on images with more red than this, from 0 to 1. */
  readonly minRed?: number
  /** Several subscriptions, instead of `minRed`. */
  readonly subscriptions?: readonly Watch[]
  /** Who this is; a function is asked before each connection, so that it can give a fresh one. */
  readonly token?: string | (() => string | Promise<string>)
  /** Begin after this place (the `cursor` of an alert) instead of now. */
  readonly since?: string
  /** The constructor to use where there is no global one (Node 20): `WebSocket` of `ws`. */
  readonly WebSocket?: WebSocketConstructor
  /** Ends the connection, as `close()` does. */
  readonly signal?: AbortSignal
  /** Told of `connecting`, `open`, `waiting` (to try again) and `closed`. */
  readonly onState?: (state: ConnectionState) => void
  /** A number from 0 to 1. Default `Math.random`. */
  readonly random?: () => number
}

/** @throws TypeError, RangeError for wrong options */
export function wireSubscriptions({ minRed, subscriptions }: ConnectOptions): object[] {
  if ((minRed === undefined) === (subscriptions === undefined)) {
    throw new TypeError('Expected one of `minRed` and `subscriptions`')
  }
  const list = subscriptions ?? [{ minRed: minRed! }]
  if (list.length === 0) throw new RangeError('Expected `subscriptions` to hold one at least')
  return list.map(({ id, minRed, scope }, index) => {
    if (!(minRed >= 0 && minRed <= 1))
      throw new RangeError(`Expected \`minRed\` to be a number from 0 to 1, got ${minRed}`)
    return { id: id ?? String(index), min_red: minRed, scope }
  })
}

export function addressOf(url: string): string {
  const address = new URL(url)
  if (address.pathname === '/') address.pathname = '/alerts'
  return address.href
}
