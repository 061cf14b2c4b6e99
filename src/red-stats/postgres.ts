/**
 * PostgreSQL between instances of `RedStats`: {@link postgresNotifier} carries events through a table,
 * {@link postgresRegistry} keeps who is subscribed to what.
 * The guides: [alerts of several instances](../../docs/red-stats.md#several-instances),
 * [running them](../../docs/operations.md#several-instances).
 * @module
 */
export { type PostgresNotifierOptions, postgresNotifier } from './notifiers/postgres.ts'
export type { PostgresPool, PostgresPoolClient, PostgresTarget } from './postgres/session.ts'
export { type PostgresRegistryOptions, postgresRegistry } from './registries/postgres.ts'
