import type { Gap } from '../notifier.ts'
import { createHistogram, type HistogramSnapshot } from './histogram.ts'

/** What the hub has done since it began; the names are those of the metrics. */
export interface AlertMetricsSnapshot {
  /** Items read from the notifier. */
  readonly events_in: number
  readonly alerts_sent: number
  /** From reading events to having flushed them to everyone who could take them. */
  readonly fanout_ms: HistogramSnapshot
  /** How long one slice of flushing held the event loop. */
  readonly loop_block_ms: HistogramSnapshot
  /** From reading an event to writing it to a connection. */
  readonly publish_to_delivery_ms: HistogramSnapshot
  /** Connections that do not read as fast as they are sent. */
  readonly lagging_connections: number
  readonly slow_closed: number
  readonly resumes: { readonly recovered: number; readonly lost: number }
  /** Alerts sent again to a connection that came back. */
  readonly replayed: HistogramSnapshot
  readonly gaps: Readonly<Record<Gap['reason'], number>>
}

export interface AlertMetrics {
  eventsIn(count: number): void
  /** Connections were queued for events read at this time. */
  fanoutFrom(now: number): void
  /** `ms` since the first of the events was read, unless the connection was behind. */
  delivered(alerts: number, ms: number | undefined): void
  sliced(ms: number, done: boolean): void
  /** So many connections do not read as fast as they are sent. */
  lagging(connections: number): void
  slowClosed(): void
  resumed(recovered: boolean, replayed: number): void
  gap(reason: Gap['reason']): void
  snapshot(): AlertMetricsSnapshot
}

const milliseconds = [0.1, 0.25, 0.5, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 4096]
const counts = [0, 1, 10, 100, 1000, 10_000, 100_000]

export function createAlertMetrics(): AlertMetrics {
  const fanout = createHistogram(milliseconds)
  const loopBlock = createHistogram(milliseconds)
  const delivery = createHistogram(milliseconds)
  const replays = createHistogram(counts)
  const gaps = { trimmed: 0, epoch: 0, lost: 0, slow: 0 }
  const resumes = { recovered: 0, lost: 0 }
  let eventsIn = 0
  let alertsSent = 0
  let slowClosed = 0
  let lagging = 0
  let fanoutFrom: number | undefined
  return {
    eventsIn: (count) => {
      eventsIn += count
    },
    fanoutFrom: (now) => {
      fanoutFrom ??= now
    },
    delivered: (alerts, ms) => {
      if (alerts === 0) return
      alertsSent += alerts
      if (ms !== undefined) delivery.observe(ms)
    },
    sliced: (ms, done) => {
      loopBlock.observe(ms)
      if (!done || fanoutFrom === undefined) return
      fanout.observe(performance.now() - fanoutFrom)
      fanoutFrom = undefined
    },
    lagging: (connections) => {
      lagging = connections
    },
    slowClosed: () => {
      slowClosed++
    },
    resumed: (recovered, replayed) => {
      resumes[recovered ? 'recovered' : 'lost']++
      replays.observe(replayed)
    },
    gap: (reason) => {
      gaps[reason]++
    },
    snapshot: () => ({
      events_in: eventsIn,
      alerts_sent: alertsSent,
      fanout_ms: fanout.snapshot(),
      loop_block_ms: loopBlock.snapshot(),
      publish_to_delivery_ms: delivery.snapshot(),
      lagging_connections: lagging,
      slow_closed: slowClosed,
      resumes: { ...resumes },
      replayed: replays.snapshot(),
      gaps: { ...gaps },
    }),
  }
}
