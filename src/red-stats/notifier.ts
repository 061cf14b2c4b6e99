import type { RedEvent } from './event.ts'

/** A place in the stream of published events: opaque text, to be compared only by the notifier that gave it. */
export type Cursor = string

/** An event and its place in the stream. */
export interface Published {
  readonly cursor: Cursor
  /** Position within the stream's epoch; grows with each event, on every instance alike. */
  readonly seq: number
  readonly event: RedEvent
  /** Given to the reader of the instance that stored it before the broker had it; its place is the one before. */
  readonly early?: boolean
}

/**
 * The reader may have missed events: said instead of silently going on.
 * - `trimmed`: the stream no longer holds them
 * - `epoch`: the stream is another one than the place belongs to
 * - `lost`: the notifier could not carry them
 * - `slow`: the connection took too long to read them
 */
export interface Gap {
  readonly type: 'gap'
  /** Last place that was read. */
  readonly from: Cursor
  /** Place before the next event that will come. */
  readonly to: Cursor
  readonly reason: 'trimmed' | 'epoch' | 'lost' | 'slow'
}

export interface NotifierHealth {
  readonly state: 'up' | 'degraded' | 'down'
  /** How far the reader is behind the newest event it knows of, in milliseconds. */
  readonly lagMs: number
  /** Events that wait for the broker to come back. */
  readonly spooled: number
  /** Events that could not wait, each of them inside an announced gap. */
  readonly dropped: number
}

/**
 * The most events that are published at once; their text stays below 1 MB, whatever their ids are.
 *
 * @example
 * ```ts
 * import { maxPublished } from 'ruddle/red-stats'
 *
 * Math.ceil(1000 / maxPublished) // => 4
 * ```
 */
export const maxPublished = 256

/** Makes it safe to publish again after an error that left open whether the events were taken. */
export interface PublishOptions {
  /** Who publishes: unlike any other, also of the same process after a restart. It has one batch under way at a time. */
  readonly publisher: string
  /** Grows with each batch of the publisher. A number that was taken is not taken again: its places are returned. */
  readonly number: number
  /** The publisher lost events before these: every reader is told of a gap `lost`. */
  readonly afterLoss?: boolean
}

/**
 * Carries stored events to every instance, each of which reads the whole stream with a cursor of its own.
 */
export interface Notifier {
  readonly kind: string
  readonly guarantees: {
    readonly delivery: 'at-most-once' | 'at-least-once'
    /** Whether `read` can begin in the past. */
    readonly replay: boolean
    /** Whether other processes see what this one publishes. */
    readonly crossInstance: boolean
  }
  /** Connects; gives the stream's epoch and the place of its newest event. */
  start(): Promise<{ epoch: string; head: Cursor }>
  /**
   * Resolves when the events, at most {@link maxPublished}, will reach every reader, with their places in the same order.
   * @throws RedStatsError `UNAVAILABLE`, `TIMEOUT`; when its `outcome` is `unknown`, repeat it with the same options
   */
  publish(events: readonly RedEvent[], options?: PublishOptions): Promise<readonly Cursor[]>
  /** Everything after `from`, in order, for ever: batches of events, and a gap where some may be missing. */
  read(from: Cursor | 'tail', options: { signal: AbortSignal }): AsyncIterable<readonly Published[] | Gap>
  /**
   * The events after `from` up to and including `to`, oldest first, at most `limit`; undefined when the stream no
   * longer holds all of them. A notifier without it cannot serve a client that was away longer than the hub remembers.
   */
  range?(from: Cursor, to: Cursor, limit: number): Promise<readonly Published[] | undefined>
  /** Negative when `a` is before `b`; undefined when they are not of one epoch. */
  compare(a: Cursor, b: Cursor): number | undefined
  health(): NotifierHealth
  close(): Promise<void>
}
