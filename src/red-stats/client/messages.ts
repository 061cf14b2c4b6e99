/** An image with more red than was asked for. */
export interface AlertMessage {
  readonly type: 'alert'
  /** Position in the stream; the same when the same alert is sent again. */
  readonly seq: number
  /** Give it as `since` to go on after this alert. */
  readonly cursor: string
  readonly image: {
    readonly image_id: string
    /** Milliseconds since the epoch. */
    readonly timestamp: number
    readonly client_id: string
    /** From 0 to 1. */
    readonly red: number
  }
  /** The subscriptions it is for, when there are several. */
  readonly ids?: readonly string[]
}

/** Alerts may have been missed between two places of the stream; the server's list of images has them. */
export interface GapMessage {
  readonly type: 'gap'
  readonly from: string
  readonly to: string
  readonly reason: 'trimmed' | 'epoch' | 'lost' | 'slow'
}

/** What a server sends, as far as the client acts on it. */
export type ServerMessage =
  | AlertMessage
  | GapMessage
  | { readonly type: 'welcome'; readonly connection_id: string; readonly cursor: string; readonly ping_ms: number }
  | { readonly type: 'subscribed'; readonly id: string; readonly cursor: string; readonly gap?: GapMessage }
  | { readonly type: 'goaway'; readonly retry_after_ms: number }
  | { readonly type: 'error'; readonly code: string; readonly message: string; readonly retryable: boolean }
  | { readonly type: 'pong' | 'unsubscribed' }

type Check = (value: unknown) => boolean
const text: Check = (value) => typeof value === 'string'
const number: Check = (value) => typeof value === 'number'
/** A timer with more than this would fire at once. */
const delay: Check = (value) => typeof value === 'number' && value >= 0 && value <= 2 ** 31 - 1

const gap: Record<string, Check> = { type: (value) => value === 'gap', from: text, to: text, reason: text }
const image: Record<string, Check> = { image_id: text, timestamp: number, client_id: text, red: number }

/** What the client acts on; other fields may be there, or be added later. */
const fields: Record<ServerMessage['type'], Record<string, Check>> = {
  alert: { seq: number, cursor: text, image: (value) => isMade(value, image) },
  gap,
  welcome: { connection_id: text, cursor: text, ping_ms: (value) => delay(value) && value !== 0 },
  subscribed: { cursor: text, gap: (value) => value === undefined || isMade(value, gap) },
  goaway: { retry_after_ms: delay },
  error: { code: text, message: text, retryable: (value) => typeof value === 'boolean' },
  pong: {},
  unsubscribed: {},
}

/** Reads a message; undefined when it is none that this client knows. */
export function readMessage(data: unknown): ServerMessage | undefined {
  if (typeof data !== 'string') return undefined
  try {
    const message: unknown = JSON.parse(data)
    if (!isMade(message, { type: (type) => typeof type === 'string' && Object.hasOwn(fields, type) })) return undefined
    const known = message as ServerMessage // but for its fields, which are looked at next
    return isMade(known, fields[known.type]) ? known : undefined
  } catch {
    return undefined
  }
}

function isMade(value: unknown, checks: Readonly<Record<string, Check>>): boolean {
  if (typeof value !== 'object' || value === null) return false
  return Object.entries(checks).every(([name, check]) => check(Reflect.get(value, name)))
}
