/**
 * Records how red images are, counts them over time and above a threshold, and alerts subscribers.
 *
 * {@link RedStats} is the engine; it knows only contracts. What keeps the events is a {@link RedStatsStore}
 * ({@link memoryStore} here, ClickHouse in `ruddle/red-stats/clickhouse`), what carries them to other instances a
 * {@link Notifier} ({@link localNotifier} here). `ruddle/red-stats/websocket` serves the alerts.
 * The guide: [Count and alert](../../docs/red-stats.md).
 * @module
 * @primaryExport
 */
export type { ConnectionInfo } from './alert-connections.ts'
export type { AlertMetricsSnapshot } from './alert-hub/alert-metrics.ts'
export type { StreamEvent, StreamItem } from './alert-hub/event-ring.ts'
export type { Encode } from './alert-hub/frames.ts'
export type { HistogramSnapshot } from './alert-hub/histogram.ts'
export type { Subscribed } from './alert-hub/receiver.ts'
export type { Alert } from './alert-hub.ts'
export type { AlertClient, AlertConnection, AlertSource, SubscriptionRequest } from './alert-source.ts'
export { RedStatsError, type RedStatsErrorCode } from './errors.ts'
export { parseEvent, type RedEvent, type RedEventInput, toWire, type WireEvent } from './event.ts'
export type { Cursor, Gap, Notifier, NotifierHealth, Published, PublishOptions } from './notifier.ts'
export { maxPublished } from './notifier.ts'
export { type LocalNotifierOptions, localNotifier } from './notifiers/local.ts'
export type { RedStatsOptions } from './options.ts'
export type { CountOptions, DistributionOptions, ListOptions, SeriesOptions } from './query.ts'
export type { BatchRecordResult, RecordResult } from './recorder.ts'
export { type EventPage, RedStats, type RedStatsEvents } from './red-stats.ts'
export { type MemoryRegistryOptions, memoryRegistry } from './registries/memory.ts'
export type { RegisteredSubscription, SubscriptionRegistry } from './registry.ts'
export type { RedStatsHealth, RedStatsMetrics, StoreHealth } from './status.ts'
export type {
  AppendStatus,
  CountQuery,
  Counts,
  DistributionQuery,
  EventColumns,
  EventFilter,
  IndexableStore,
  ListQuery,
  RedStatsStore,
  SeriesPoint,
  SeriesQuery,
  StoreCapabilities,
} from './store.ts'
export { indexed } from './stores/indexed.ts'
export { memoryStore } from './stores/memory.ts'
export type { SubscribeOptions, Subscription } from './subscribe.ts'
