import type { Encode } from './alert-hub/frames.ts'
import type { Subscribed } from './alert-hub/receiver.ts'
import type { Cursor } from './notifier.ts'

/** The part of `RedStats` that a transport needs. */
export interface AlertSource {
  /**
   * Begins to serve a connection.
   * @throws RedStatsError `CLOSED`
   */
  connect(client: AlertClient): Promise<AlertConnection>
  /** Counts what a transport refused. */
  refused(reason: 'auth_failures' | 'rate_limited'): void
  /** From now on `health()` says that this instance takes no more. */
  drain(): void
}

/** One end of a connection, as a transport sees it. */
export interface AlertClient {
  /** As `authenticate` found out; empty when nobody asked. */
  readonly clientId: string
  /** The connection that this one goes on with, as its client says. */
  readonly previousId?: string | undefined
  /** The bytes of a message; one function for all connections of a transport, since what it makes is shared. */
  readonly encode: Encode
  /** Writes bytes; false when too much is unsent. The transport says {@link AlertConnection.ready} when it is sent. */
  readonly write: (bytes: Buffer) => boolean
  /** The connection has read nothing for too long; it is served no more. */
  slow(): void
  /** Bytes that wait to be sent. */
  unsent(): number
}

export interface SubscriptionRequest {
  /** Unlike those of the connection's other subscriptions. */
  readonly id: string
  readonly minRed: number
  /** Images of everyone, or those that this client sent. */
  readonly scope: 'all' | 'own'
}

/** A connection that is served. */
export interface AlertConnection {
  readonly id: string
  /**
   * Adds subscriptions that begin now, or after `since`; how each began, in the same order.
   * @throws RedStatsError `INVALID` when `since` is before what the connection was already sent, `UNAVAILABLE`
   */
  subscribe(requests: readonly SubscriptionRequest[], since?: Cursor): Promise<Subscribed[]>
  /** Returns whether there was one. */
  unsubscribe(id: string): boolean
  /** What was unsent is sent. */
  ready(): void
  /** Writes at once what waits to be flushed, as far as it can be written. */
  flush(): void
  /** Everything up to this place was written. */
  readonly cursor: Cursor
  close(): void
}
