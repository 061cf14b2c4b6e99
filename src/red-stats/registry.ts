import type { Cursor } from './notifier.ts'

/** A subscription as the registry knows it. */
export interface RegisteredSubscription {
  /** Unique: the connection's id and the subscription's. */
  readonly id: string
  readonly connectionId: string
  /** Who subscribed; empty when nobody asked. */
  readonly clientId: string
  readonly minRed: number
  /** Images of everyone, or the client's own. */
  readonly scope: 'all' | 'own'
  /** The process that serves the connection. */
  readonly instanceId: string
}

/**
 * A record of who is subscribed to what, for administration, and for finding out what was served by an instance that
 * died. Alerts are matched in memory and never wait for it. An adapter is a factory that returns this.
 */
export interface SubscriptionRegistry {
  /** Writes rows by `id` and makes them active. Called with batches, off the path of alerts. */
  upsert(rows: readonly RegisteredSubscription[]): Promise<void>
  /** Connections of this instance ended; `cursor` is the place up to which each was served. */
  deactivate(
    instanceId: string,
    connections: readonly { readonly id: string; readonly cursor: Cursor }[],
  ): Promise<void>
  /** Removes subscriptions that their clients ended. */
  remove(rows: readonly Pick<RegisteredSubscription, 'id' | 'connectionId'>[]): Promise<void>
  /**
   * A connection came back: its rows are this instance's and active again, if they are inactive and this client's.
   * Returns them; none when the connection is not known. Its thresholds are upserted next: the client states them.
   */
  resume(clientId: string, connectionId: string, instanceId: string): Promise<readonly RegisteredSubscription[]>
  /**
   * The instance lives; unless this is repeated within `leaseMs`, `sweep` takes its rows for dead. Resolves with false
   * when it had no lease any more, so that its rows may have been swept or forgotten and are to be written again.
   */
  heartbeat(instanceId: string, leaseMs: number): Promise<boolean>
  /** Makes the rows of instances whose lease ended before `now` inactive; returns how many. */
  sweep(now: number): Promise<number>
  count(filter?: { readonly active?: boolean; readonly clientId?: string }): Promise<number>
  close(): Promise<void>
}
