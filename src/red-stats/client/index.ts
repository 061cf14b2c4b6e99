/**
 * A client of the alerts for browsers and for Node: it reconnects by itself, goes on where it was, and says so when it
 * has missed something.
 *
 * {@link connectRedStats} gives an async iterator of {@link AlertMessage} and {@link GapMessage}.
 * The guide: [Alerts, with the client](../../../docs/red-stats.md#with-the-client).
 * @module
 */
export { connectRedStats, type RedStatsConnection } from './connect-red-stats.ts'
export { RedStatsClientError, type RedStatsClientErrorCode } from './errors.ts'
export type { AlertMessage, GapMessage } from './messages.ts'
export type { ConnectionState, ConnectOptions, Watch } from './options.ts'
export type { WebSocketConstructor, WebSocketLike } from './web-socket.ts'
