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

/** Reads a message; undefined when it is none that this client knows. */
export function readMessage(data: unknown): ServerMessage | undefined {
  if (typeof data !== 'string') return undefined
  try {
    const message: unknown = JSON.parse(data)
    if (typeof message !== 'object' || message === null || !('type' in message)) return undefined
    return message as ServerMessage // the server is ours; fields it may add later do no harm
  } catch {
    return undefined
  }
}
