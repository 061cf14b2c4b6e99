import { isGap, type StreamItem } from '../alert-hub/event-ring.ts'
import type { Subscribed } from '../alert-hub/receiver.ts'
import { RedStatsError } from '../errors.ts'
import { invalid, parseRed, toWire } from '../event.ts'
import type { Cursor, Gap } from '../notifier.ts'
import { parseCursor } from '../subscribe.ts'

/** Name of the protocol; it is assumed when a client names none. */
export const subprotocol = 'redstats.v1'

/** Why the server closes a connection. docs/protocol.md says what a client should do about each. */
export const closeCodes = {
  restart: 1012,
  failed: 1011,
  slow: 4008,
  badMessage: 4400,
  unauthorized: 4401,
  forbidden: 4403,
  helloTimeout: 4408,
  duplicateId: 4409,
  tooMany: 4429,
} as const

/** What a subscription is asked for with, as the client says it. */
export interface WireSubscription {
  readonly id: string
  readonly minRed: number
  readonly scope: 'all' | 'own' | undefined
}

/** The subscription that an address asks for. */
export interface AddressSubscription extends WireSubscription {
  readonly since: Cursor | undefined
}

export type ClientMessage =
  | {
      readonly type: 'hello'
      readonly token: string | undefined
      readonly connectionId: string | undefined
      readonly subscriptions: readonly WireSubscription[]
      /** Place that the subscriptions go on after. */
      readonly resume: Cursor | undefined
    }
  | { readonly type: 'subscribe'; readonly subscription: WireSubscription; readonly since: Cursor | undefined }
  | { readonly type: 'unsubscribe'; readonly id: string }
  | { readonly type: 'ping'; readonly t: unknown }
  /** A subscription whose id is right but the rest is not. */
  | { readonly type: 'invalid'; readonly id: string; readonly error: unknown }

const maxName = 64
const maxToken = 3500

/**
 * Reads a message of a client. Unknown fields are ignored, so that a newer client can talk to an older server.
 * @throws RedStatsError `INVALID`
 */
export function parseMessage(text: string): ClientMessage {
  const message = parseObject(text)
  switch (message['type']) {
    case 'hello':
      return {
        type: 'hello',
        token: optional(message, 'token', parseToken),
        connectionId: optional(message, 'connection_id', parseName),
        subscriptions: parseHelloSubscriptions(message['subscriptions'] ?? []),
        resume: optional(message, 'resume', parseCursor),
      }
    case 'subscribe':
      return parseSubscribe(message)
    case 'unsubscribe':
      return { type: 'unsubscribe', id: parseName('id', message['id']) }
    case 'ping':
      return { type: 'ping', t: parseEcho(message['t']) }
    default:
      throw invalid('type', 'hello, subscribe, unsubscribe or ping', message['type'])
  }
}

/** Reads `min_red`, `scope` and `since` of an address; undefined when it names no threshold. */
export function parseAddress(query: URLSearchParams): AddressSubscription | undefined {
  const minRed = query.get('min_red')
  if (minRed === null) return undefined
  const since = query.get('since') ?? undefined
  return {
    id: 'url',
    minRed: parseRed('min_red', minRed.trim() === '' ? minRed : Number(minRed)),
    scope: parseScope(query.get('scope') ?? undefined),
    since: since === undefined ? undefined : parseCursor('since', since),
  }
}

/** The JSON of an alert or a gap; `ids` name the subscriptions when a connection has several. */
export function itemText(item: StreamItem, ids?: readonly string[]): string {
  if (isGap(item)) return JSON.stringify(gapMessage(item))
  const { seq, cursor, event } = item
  return JSON.stringify({ type: 'alert', seq, cursor, image: toWire(event), ...(ids === undefined ? {} : { ids }) })
}

function gapMessage({ from, to, reason }: Gap): {
  type: 'gap'
  from: Cursor
  to: Cursor
  reason: Gap['reason']
} {
  return { type: 'gap', from, to, reason }
}

export function subscribedMessage({ cursor, recovered, replayed, gap }: Subscribed, id?: string): object {
  return {
    type: 'subscribed',
    ...(id === undefined ? {} : { id }),
    cursor,
    ...(recovered === undefined ? {} : { recovered, replayed }),
    ...(gap === undefined ? {} : { gap: gapMessage(gap) }),
  }
}

export function errorMessage(error: unknown, id?: string): object {
  const known = error instanceof RedStatsError ? error : undefined
  return {
    type: 'error',
    code: known?.code ?? 'UNAVAILABLE',
    message: known?.message ?? 'The server failed; try again later',
    retryable: known?.retryable ?? true,
    ...(id === undefined ? {} : { id }),
  }
}

function parseSubscribe(message: Record<string, unknown>): ClientMessage {
  const id = parseName('id', message['id'])
  try {
    const since = optional(message, 'since', parseCursor)
    return { type: 'subscribe', subscription: parseSubscriptionOf(message), since }
  } catch (error) {
    return { type: 'invalid', id, error }
  }
}

function parseHelloSubscriptions(list: unknown): WireSubscription[] {
  if (!Array.isArray(list)) throw invalid('subscriptions', 'an array', list)
  const subscriptions = list.map((item: unknown) => parseSubscriptionOf(requireObject('subscriptions', item)))
  if (new Set(subscriptions.map(({ id }) => id)).size < subscriptions.length) {
    throw invalid('subscriptions', 'subscriptions with unlike ids', list)
  }
  return subscriptions
}

function parseSubscriptionOf(message: Record<string, unknown>): WireSubscription {
  return {
    id: parseName('id', message['id']),
    minRed: parseRed('min_red', message['min_red']),
    scope: parseScope(message['scope']),
  }
}

function parseObject(text: string): Record<string, unknown> {
  try {
    return requireObject('message', JSON.parse(text))
  } catch (error) {
    if (error instanceof RedStatsError) throw error
    throw new RedStatsError('INVALID', 'Expected a message to be a JSON object', { cause: error })
  }
}

function requireObject(field: string, value: unknown): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw invalid(field, 'an object', value)
  return value as Record<string, unknown>
}

function optional<Value>(
  message: Record<string, unknown>,
  field: string,
  parse: (field: string, value: unknown) => Value,
): Value | undefined {
  return message[field] === undefined ? undefined : parse(field, message[field])
}

function parseName(field: string, value: unknown): string {
  if (typeof value !== 'string' || value.length === 0 || value.length > maxName) {
    throw invalid(field, `text of 1 to ${maxName} characters`, value)
  }
  return value
}

function parseToken(field: string, value: unknown): string {
  if (typeof value !== 'string' || value.length === 0 || value.length > maxToken) {
    throw new RedStatsError('INVALID', `Expected \`${field}\` to be text of 1 to ${maxToken} characters`, { field })
  }
  return value
}

function parseScope(value: unknown): 'all' | 'own' | undefined {
  if (value === undefined || value === 'all' || value === 'own') return value
  throw invalid('scope', 'all or own', value)
}

/** What a ping carries comes back with the pong, if it is small. */
function parseEcho(value: unknown): unknown {
  if (value === undefined || typeof value === 'number') return value
  if (typeof value === 'string' && value.length <= maxName) return value
  throw invalid('t', `a number or text of at most ${maxName} characters`, value)
}
