/**
 * Records how red images are, counts them over time and above a threshold, and alerts subscribers.
 *
 * {@link RedStats} is the engine; it knows only contracts. What keeps the events is a {@link RedStatsStore}
 * ({@link memoryStore} here, ClickHouse in `ruddle/red-stats/clickhouse`), what carries them to other instances a
 * {@link Notifier} ({@link localNotifier} here). `ruddle/red-stats/websocket` serves the alerts.
 * @module
 */
export type { Alert, SubscribeOptions, Subscription } from './alert-hub.ts'
export { RedStatsError, type RedStatsErrorCode } from './errors.ts'
export { parseEvent, type RedEvent, type RedEventInput, toWire, type WireEvent } from './event.ts'
export type { Cursor, Gap, Notifier, Published } from './notifier.ts'
export { localNotifier } from './notifiers/local.ts'
export type { CountOptions, DistributionOptions, ListOptions, SeriesOptions } from './query.ts'
export {
  type BatchRecordResult,
  type EventPage,
  type RecordResult,
  RedStats,
  type RedStatsEvents,
  type RedStatsOptions,
} from './red-stats.ts'
export type {
  AppendStatus,
  CountQuery,
  Counts,
  DistributionQuery,
  EventFilter,
  ListQuery,
  RedStatsStore,
  SeriesPoint,
  SeriesQuery,
  StoreCapabilities,
} from './store.ts'
export { memoryStore } from './stores/memory.ts'
