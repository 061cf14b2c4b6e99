import { EventEmitter } from 'eventemitter3'
import { type AlertConnections, type ConnectionInfo, createAlertConnections } from './alert-connections.ts'
import { createHistogram } from './alert-hub/histogram.ts'
import { type Alert, type AlertHub, createAlertHub } from './alert-hub.ts'
import type { AlertClient, AlertConnection, AlertSource } from './alert-source.ts'
import { RedStatsError } from './errors.ts'
import type { RedEvent, RedEventInput } from './event.ts'
import type { Gap } from './notifier.ts'
import { parseOptions, type RedStatsOptions } from './options.ts'
import {
  type CountOptions,
  type DistributionOptions,
  type ListOptions,
  pageAfter,
  parseCount,
  parseDistribution,
  parseList,
  parseSeries,
  type SeriesOptions,
} from './query.ts'
import { type BatchRecordResult, createRecorder, type Recorder, type RecordResult } from './recorder.ts'
import type { SubscriptionRegistry } from './registry.ts'
import { createRegistryWriter, type RegistryWriter } from './registry-writer.ts'
import { withRetention } from './retention.ts'
import { type AlertStream, withSpool } from './spool.ts'
import { healthOf, type RedStatsHealth, type RedStatsMetrics } from './status.ts'
import type { Counts, RedStatsStore, SeriesPoint } from './store.ts'
import { parseSubscription, type SubscribeOptions, type Subscription } from './subscribe.ts'

export interface EventPage {
  readonly events: RedEvent[]
  /** Give it as `after` to go on; absent on the last page. */
  readonly next?: string
}

export interface RedStatsEvents {
  /** An event was stored. */
  recorded: [event: RedEvent]
  /** An event passed the threshold of so many subscriptions. */
  alert: [alert: Alert, subscribers: number]
  /** Events may have been missed. */
  gap: [gap: Gap]
  /** A connection read nothing for too long and is closed. */
  slow: [connection: ConnectionInfo]
  connect: [connection: ConnectionInfo]
  disconnect: [connection: ConnectionInfo]
  /** Something failed that no caller waits for. */
  error: [error: unknown]
}

/**
 * Records how red images are, counts them over time and above a threshold, and alerts subscribers.
 *
 * @example
 * ```ts
 * import { memoryStore, RedStats } from 'ruddle/red-stats'
 *
 * await using stats = new RedStats({ store: memoryStore() })
 * stats.subscribe({ minRed: 0.8 }, ({ event }) => console.log(event.imageId, event.red))
 * await stats.record({ imageId: 'tomatoes', timestamp: Date.now(), clientId: 'kitchen', red: 0.85 })
 * await stats.count({ red: 0.8 }) // => { total: 1, above: 1 }
 * ```
 */
export class RedStats implements AlertSource {
  readonly #store: RedStatsStore
  readonly #notifier: AlertStream
  readonly #hub: AlertHub
  readonly #recorder: Recorder
  readonly #registry: SubscriptionRegistry
  readonly #writer: RegistryWriter
  readonly #connections: AlertConnections
  readonly #registryBatch = createHistogram([1, 4, 16, 64, 256, 1024])
  readonly #refusals = { auth_failures: 0, rate_limited: 0 }
  #listeners = 0
  #state: 'new' | 'open' | 'draining' | 'closed' = 'new'
  readonly #events = new EventEmitter<RedStatsEvents>()
  #opening: Promise<void> | undefined
  #closing: Promise<void> | undefined

  /** Does no I/O: {@link RedStats.ready} does, or the first operation. */
  constructor(options: RedStatsOptions) {
    const { store, notifier, registry, retentionMs, now, ...settings } = parseOptions(options)
    const { instanceId, whenRegistryDown, maxSpooled, maxQueuedBytes, whenFull } = settings
    const error = (cause: unknown) => this.#emit('error', cause)
    this.#notifier = notifier.guarantees.crossInstance ? withSpool(notifier, { maxSpooled, error }) : notifier
    this.#store = retentionMs === undefined ? store : withRetention(store, { retentionMs, now, onError: error })
    this.#hub = createAlertHub(
      this.#notifier,
      {
        alert: (alert, subscribers) => this.#emit('alert', alert, subscribers),
        hasAlertListener: () => this.#events.listenerCount('alert') > 0,
        gap: (gap) => this.#emit('gap', gap),
        error,
      },
      { capacity: settings.rememberedEvents, maxStalledMs: settings.maxStalledMs },
    )
    this.#recorder = createRecorder({
      store: this.#store,
      hub: this.#hub,
      opened: () => this.#opened(),
      stored: (events) => {
        if (this.#events.listenerCount('recorded') > 0) for (const event of events) this.#emit('recorded', event)
      },
      maxQueuedBytes,
      whenFull,
      now,
    })
    this.#registry = registry
    this.#writer = createRegistryWriter(registry, {
      instanceId,
      rows: () => this.#connections.rows(),
      error,
      batchMs: this.#registryBatch.observe,
    })
    this.#connections = createAlertConnections({
      hub: this.#hub,
      registry,
      writer: this.#writer,
      instanceId,
      whenRegistryDown,
      on: (name, connection) => this.#emit(name, connection),
    })
  }

  /**
   * Opens the store and the notifier. Every operation waits for it; after it failed it can be called again.
   * @throws RedStatsError `LOCKED`, `UNAVAILABLE`, `CORRUPT`, `MISSING_PEER`, `CLOSED`
   */
  async ready(): Promise<void> {
    if (this.#closing !== undefined) throw new RedStatsError('CLOSED', 'This RedStats was closed')
    return this.#opened()
  }

  /**
   * Stores an event, or several with one result each. Resolves when it is stored as durably as the store promises,
   * visible to every query, and published to subscribers.
   * @throws RedStatsError `INVALID` for a single event (among several it is a result), `BUSY`, `CLOSED`, and what the
   * store throws. After an error whose `outcome` is `unknown`, repeat the call: a repeat is never counted twice.
   */
  record(event: RedEventInput): Promise<RecordResult>
  record(events: readonly RedEventInput[]): Promise<BatchRecordResult[]>
  record(input: RedEventInput | readonly RedEventInput[]): Promise<RecordResult | BatchRecordResult[]> {
    return isArray(input) ? this.#recorder.recordBatch(input) : this.#recorder.record(input)
  }

  /**
   * How many images there were in a period, and how many had more red than `red` (null without it): one snapshot.
   * @throws RedStatsError `INVALID`, `TIMEOUT`, `UNAVAILABLE`, `CLOSED`
   */
  async count(options: CountOptions = {}): Promise<Counts> {
    const query = parseCount(options)
    await this.ready()
    return this.#store.count(query)
  }

  /** The counts for each step of `[from, to)`: for charts. */
  async series(options: SeriesOptions): Promise<SeriesPoint[]> {
    const query = parseSeries(options)
    await this.ready()
    return this.#store.series(query)
  }

  /** How many images fall into each of `bins` equal parts of 0 to 1: helps to choose a threshold. */
  async distribution(options: DistributionOptions): Promise<number[]> {
    const query = parseDistribution(options)
    await this.ready()
    return this.#store.distribution(query)
  }

  /** The images themselves, newest first, a page at a time. */
  async list(options: ListOptions = {}): Promise<EventPage> {
    const query = parseList(options)
    await this.ready()
    const events = await this.#store.list({ ...query, limit: query.limit + 1 })
    if (events.length <= query.limit) return { events }
    const page = events.slice(0, query.limit)
    return { events: page, next: pageAfter(page.at(-1)!) }
  }

  /**
   * Calls the listener for every image with more red than `minRed` that is recorded from now on, or after `since`.
   * @throws RedStatsError `INVALID`
   */
  subscribe(options: SubscribeOptions, listener: (alert: Alert) => void): Subscription {
    const { onGap = () => {}, since, ...request } = parseSubscription(options)
    const receiver = this.#hub.listen({ alert: listener, gap: onGap })
    this.#listeners++
    Promise.resolve(receiver.subscribe([request], since))
      .then(([begun]) => (begun?.gap === undefined ? undefined : onGap(begun.gap)))
      .catch((error: unknown) => this.#emit('error', error))
    return {
      close: once(() => {
        this.#listeners--
        receiver.close()
      }),
    }
  }

  /** For transports: begins to serve a connection. */
  async connect(client: AlertClient): Promise<AlertConnection> {
    await this.ready()
    return this.#connections.connect(client)
  }

  /** For transports: counts what was refused. */
  refused(reason: 'auth_failures' | 'rate_limited'): void {
    this.#refusals[reason]++
  }

  /** From now on {@link RedStats.health} says that this instance takes no more connections. */
  drain(): void {
    if (this.#state !== 'closed') this.#state = 'draining'
  }

  /** What was done since the start, and what is being done now. */
  metrics(): RedStatsMetrics {
    const { connections, subscriptions, bufferedBytes } = this.#connections
    const { lagMs, spooled, dropped } = this.#notifier.health()
    return {
      ...this.#hub.metrics.snapshot(),
      ...this.#refusals,
      connections,
      subscriptions: subscriptions + this.#listeners,
      buffered_bytes: bufferedBytes,
      dupes_dropped: this.#recorder.duplicates,
      spool_size: spooled,
      spool_dropped: dropped,
      notifier_lag_ms: lagMs,
      registry_batch_ms: this.#registryBatch.snapshot(),
    }
  }

  /** Whether this instance should be sent connections, and if not, why. */
  health(): RedStatsHealth {
    return healthOf(this.#state, this.#notifier.health(), this.#recorder.health())
  }

  on<Name extends keyof RedStatsEvents>(name: Name, listener: (...args: RedStatsEvents[Name]) => void): this {
    this.#events.on(name, listener as never)
    return this
  }

  off<Name extends keyof RedStatsEvents>(name: Name, listener: (...args: RedStatsEvents[Name]) => void): this {
    this.#events.off(name, listener as never)
    return this
  }

  /** Stores what was accepted, then closes the notifier and the store. */
  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  #opened(): Promise<void> {
    this.#opening ??= this.#open().catch((error: unknown) => {
      this.#opening = undefined
      throw error
    })
    return this.#opening
  }

  async #open(): Promise<void> {
    await this.#store.open()
    await this.#hub.start()
    if (this.#state === 'new') this.#state = 'open'
  }

  async #close(): Promise<void> {
    await this.#recorder.close()
    await this.#opening?.catch(() => {})
    this.#state = 'closed'
    await this.#hub.close()
    await this.#writer.close()
    await this.#registry.close()
    await this.#notifier.close()
    await this.#store.close()
  }

  /** A listener that throws is reported; it does not change what a caller gets. */
  #emit<Name extends keyof RedStatsEvents>(name: Name, ...args: RedStatsEvents[Name]): void {
    try {
      this.#events.emit(name, ...(args as never))
    } catch (error) {
      if (name !== 'error') this.#emit('error', error)
    }
  }
}

function once(act: () => void): () => void {
  let done = false
  return () => {
    if (!done) act()
    done = true
  }
}

function isArray(input: RedEventInput | readonly RedEventInput[]): input is readonly RedEventInput[] {
  return Array.isArray(input)
}
