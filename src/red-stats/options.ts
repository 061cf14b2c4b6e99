import { randomUUID } from 'node:crypto'
import type { Notifier } from './notifier.ts'
import { localNotifier } from './notifiers/local.ts'
import { memoryRegistry } from './registries/memory.ts'
import type { SubscriptionRegistry } from './registry.ts'
import type { RedStatsStore } from './store.ts'

export interface RedStatsOptions {
  readonly store: RedStatsStore
  /** Default: within this process. */
  readonly notifier?: Notifier
  /** Default: within this process. */
  readonly registry?: SubscriptionRegistry
  /** Whether a subscription is served without the registry, or fails with `UNAVAILABLE`. Default `accept`. */
  readonly whenRegistryDown?: 'accept' | 'reject'
  /** Name of this process in the registry; unlike that of any other. Default: a random one. */
  readonly instanceId?: string
  /** Events remembered for connections that come back or are slow. Default 65,536. */
  readonly rememberedEvents?: number
  /** Events that may wait for the broker while it is away. Default 100,000. */
  readonly maxSpooled?: number
  /** Milliseconds after which a connection that reads nothing is closed. Default 30,000. */
  readonly maxStalledMs?: number
  /** Bytes of events that may wait to be stored. Default 64 MiB. */
  readonly maxQueuedBytes?: number
  /** What `record` does when that is reached: wait, or reject with `BUSY`. Default `wait`. */
  readonly whenFull?: 'wait' | 'reject'
  /** Images older than this are neither counted nor listed, and their space is freed. Default: they are kept. */
  readonly retentionMs?: number
  /** Clock in milliseconds since the epoch. Default `Date.now`. */
  readonly now?: () => number
}

/** The options with their defaults. */
export interface RedStatsSettings extends Required<Omit<RedStatsOptions, 'retentionMs'>> {
  readonly retentionMs: number | undefined
}

/** @throws TypeError or RangeError for a wrong or unknown option */
export function parseOptions(options: RedStatsOptions): RedStatsSettings {
  const {
    store,
    notifier = localNotifier(),
    registry = memoryRegistry(),
    whenRegistryDown = 'accept',
    instanceId = randomUUID(),
    rememberedEvents = 65_536,
    maxSpooled = 100_000,
    maxStalledMs = 30_000,
    maxQueuedBytes = 64 * 2 ** 20,
    whenFull = 'wait',
    retentionMs,
    now = Date.now,
    ...unknown
  } = options
  for (const name of Object.keys(unknown)) throw new TypeError(`Unknown option \`${name}\` of RedStats`)
  requireCount('rememberedEvents', rememberedEvents)
  requireCount('maxSpooled', maxSpooled)
  requireCount('maxStalledMs', maxStalledMs)
  if (!(maxQueuedBytes > 0)) throw new RangeError(`Expected \`maxQueuedBytes\` to be above 0, got ${maxQueuedBytes}`)
  if (retentionMs !== undefined) requireCount('retentionMs', retentionMs)
  return {
    store,
    notifier,
    registry,
    whenRegistryDown,
    instanceId,
    rememberedEvents,
    maxSpooled,
    maxStalledMs,
    maxQueuedBytes,
    whenFull,
    retentionMs,
    now,
  }
}

function requireCount(name: string, value: number): void {
  if (!Number.isSafeInteger(value) || value < 1) {
    throw new RangeError(`Expected \`${name}\` to be an integer from 1, got ${value}`)
  }
}
