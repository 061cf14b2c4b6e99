import type { Subscribed } from './alert-hub.ts'
import type { Encode } from './frames.ts'
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
  write(bytes: Buffer): boolean
  /** The connection has read nothing for too long; it is served no more. */
  slow(): void
  /** Bytes that wait to be sent. */
  unsent(): number
}

export interface SubscriptionRequest {
  readonly minRed: number
  /** Images of everyone, or those that this client sent. */
  readonly scope: 'all' | 'own'
  /** Begin after this place; only for the first subscription of a connection. */
  readonly since?: Cursor | undefined
}

/** A connection that is served. */
export interface AlertConnection {
  readonly id: string
  /** @throws RedStatsError `INVALID`, `UNAVAILABLE` */
  subscribe(id: string, request: SubscriptionRequest): Promise<Subscribed>
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
