import type { AlertMetricsSnapshot } from './alert-hub/alert-metrics.ts'
import type { HistogramSnapshot } from './alert-hub/histogram.ts'
import type { NotifierHealth } from './notifier.ts'

/** What {@link RedStats.metrics} gives; the names are those of the metrics. */
export interface RedStatsMetrics extends AlertMetricsSnapshot {
  readonly connections: number
  /** Of connections and of listeners in this process. */
  readonly subscriptions: number
  /** Bytes that wait to be sent to connections. */
  readonly buffered_bytes: number
  /** Repeats of events that were not published again. */
  readonly dupes_dropped: number
  /** Events that wait for the broker. */
  readonly spool_size: number
  readonly spool_dropped: number
  readonly notifier_lag_ms: number
  readonly registry_batch_ms: HistogramSnapshot
  readonly auth_failures: number
  readonly rate_limited: number
}

/** What {@link RedStats.health} gives. */
export interface RedStatsHealth {
  /** Whether a load balancer should send connections here. */
  readonly ready: boolean
  /** Why not: `cold` (not open yet), `draining`, `closed`, `lagging` (the reader is more than 2 s behind). */
  readonly reasons: readonly ('cold' | 'draining' | 'closed' | 'lagging')[]
  readonly notifier: NotifierHealth
  readonly store: StoreHealth
}

export interface StoreHealth {
  /** `down` from an attempt to store events that failed until one that did not. */
  readonly state: 'up' | 'down'
  /** Bytes of events that wait to be stored. */
  readonly queuedBytes: number
}

const maxLagMs = 2000

export function healthOf(
  state: 'new' | 'open' | 'draining' | 'closed',
  notifier: NotifierHealth,
  store: StoreHealth,
): RedStatsHealth {
  const reasons: RedStatsHealth['reasons'][number][] = []
  if (state === 'new') reasons.push('cold')
  else if (state !== 'open') reasons.push(state)
  // A broker that is down is no reason: this instance still alerts on what it is sent, and no other would do better.
  if (notifier.lagMs > maxLagMs) reasons.push('lagging')
  // Nor is a store that is down: it is noticed to be up again by what is recorded here.
  return { ready: reasons.length === 0, reasons, notifier, store }
}
