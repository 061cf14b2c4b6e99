import type { Cursor, Gap } from '../notifier.ts'

/** What a subscription asks for. */
export interface Request {
  /** Unlike those of the receiver's other subscriptions. */
  readonly id: string
  readonly minRed: number
  /** Only images of this sender. */
  readonly clientId?: string | undefined
}

/** How a subscription began. */
export interface Subscribed {
  /** Place of the newest event when it began: what comes later is live. */
  readonly cursor: Cursor
  /** Whether everything after `since` comes; undefined without `since`. */
  readonly recovered?: boolean
  /** How many alerts from before `cursor` come first. */
  readonly replayed?: number
  /** What may be missing, when not all was recovered. */
  readonly gap?: Gap
}

/** A connection or a listener, with its subscriptions. */
export interface Receiver {
  /**
   * Adds subscriptions that begin now, or after `since`. A promise only when the notifier has to be asked.
   * @throws RedStatsError `INVALID` when `since` is before what the receiver was already sent
   */
  subscribe(requests: readonly Request[], since?: Cursor): Subscribed[] | Promise<Subscribed[]>
  unsubscribe(id: string): void
  /** What was unsent is sent: more can be written. */
  ready(): void
  /** Writes at once what waits to be flushed, as far as it can be written. */
  flush(): void
  /** Everything up to this place was written. */
  readonly cursor: Cursor
  close(): void
}
