import type { RedEvent } from './event.ts'

/**
 * Where events are kept. An adapter is a factory that returns this; see `ruddle/red-stats/testing` for the suite that
 * every adapter passes. Ranges are half open, `[from, to)`; a missing bound is open. "Above" is strictly greater.
 * The engine has checked every argument: a store trusts them.
 */
export interface RedStatsStore {
  readonly capabilities: StoreCapabilities
  /** Opens files or connections and brings tables up to date. Called before anything else; may be repeated. */
  open(): Promise<void>
  /**
   * Stores events, one result each in the same order, durably as `capabilities.durability` says and visible to every
   * later query. Idempotent by `imageId`, also within the batch: the first write wins.
   */
  append(events: readonly RedEvent[]): Promise<AppendStatus[]>
  /** How many events, and how many above `red`, both from one snapshot. */
  count(query: CountQuery): Promise<Counts>
  /** Counts for each step of `[from, to)`, empty steps included; the last one may be shorter. */
  series(query: SeriesQuery): Promise<SeriesPoint[]>
  /** How many events fall into each of `bins` equal parts of 0 to 1; a red of exactly 1 is in the last. */
  distribution(query: DistributionQuery): Promise<number[]>
  /** Events, newest first (by timestamp, then image id, both descending). */
  list(query: ListQuery): Promise<RedEvent[]>
  /** Rejects when the store would not answer a query now. A store without it always answers. */
  ping?(): Promise<void>
  /** Frees what it easily can of the events before this time; no query asks for them any more. */
  expire?(before: number): Promise<void>
  /** Resolves when what was begun has ended; closing again does nothing. */
  close(): Promise<void>
}

/** What `indexed` needs of the store behind it. */
export interface IndexableStore extends RedStatsStore {
  /** Stores events whose ids are known to be new, without looking for repeats. */
  insert(events: readonly RedEvent[]): Promise<void>
  /**
   * Reads stored events in the order of time, beginning at `from`: at least `atLeast` if there are so many, and every
   * event of the last timestamp. Each event once.
   */
  scan(query: { readonly from: number; readonly atLeast: number }): Promise<EventColumns>
}

export interface EventColumns {
  readonly timestamps: Float64Array
  readonly reds: Float64Array
  /** Two numbers an event: MurmurHash3 (x86, 32 bits) and XXH32 of the image id's UTF-8 bytes, both with seed 0. */
  readonly idHashes: Uint32Array
}

export interface StoreCapabilities {
  /** What an acknowledged event survives: nothing, the end of the process, loss of power, loss of a machine. */
  readonly durability: 'memory' | 'process' | 'disk' | 'quorum'
  /** Whether the same id with other content is always told from a repeat, also when two writers race. */
  readonly conflicts: 'exact' | 'best-effort'
}

/**
 * - `stored`: new
 * - `duplicate`: the same event was stored before, at `storedAt` (milliseconds since the epoch)
 * - `conflict`: another event with this `imageId` was stored before, and stays
 */
export type AppendStatus =
  | { readonly status: 'stored' }
  | { readonly status: 'duplicate'; readonly storedAt: number }
  | { readonly status: 'conflict' }

export interface EventFilter {
  /** First millisecond of the range. */
  readonly from?: number
  /** First millisecond after the range. */
  readonly to?: number
  readonly clientId?: string
  readonly signal?: AbortSignal
}

export interface CountQuery extends EventFilter {
  /** Count also the events with more red than this, from 0 to 1. */
  readonly red?: number
}

export interface Counts {
  readonly total: number
  /** Events above `red`; null when the query had no `red`. */
  readonly above: number | null
}

export interface SeriesQuery extends CountQuery {
  readonly from: number
  readonly to: number
  /** Length of a step in milliseconds. */
  readonly stepMs: number
}

export interface SeriesPoint extends Counts {
  /** First millisecond of the step. */
  readonly from: number
}

export interface DistributionQuery extends EventFilter {
  readonly bins: number
}

export interface ListQuery extends CountQuery {
  readonly limit: number
  /** List what comes after this event, which was the last of the page before. */
  readonly after?: Pick<RedEvent, 'timestamp' | 'imageId'>
}
