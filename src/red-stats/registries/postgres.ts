import { createPostgres, type PostgresTarget, type Row, sqlState } from '../postgres/session.ts'
import type { RegisteredSubscription, SubscriptionRegistry } from '../registry.ts'

export interface PostgresRegistryOptions extends PostgresTarget {
  /** Instances with one table share the registry; beside it is `<table>_instances`. Default `client_connections`. */
  readonly table?: string
  /** Milliseconds that an inactive row is kept for its client to come back. Default an hour. */
  readonly keepMs?: number
  /** Milliseconds after which an answer is not waited for. Default 5,000. */
  readonly timeoutMs?: number
  /** Clock in milliseconds since the epoch. Default `Date.now`. */
  readonly now?: () => number
}

/** Rows written by one statement: a batch of a thousand costs a fiftieth of as many single ones. */
const pageSize = 1000

/**
 * Keeps the registry in a table of PostgreSQL (14 or later), made if it is missing.
 *
 * @throws TypeError, RangeError for wrong options
 * @example
 * ```ts
 * import { memoryStore, RedStats } from 'ruddle/red-stats'
 * import { postgresRegistry } from 'ruddle/red-stats/postgres'
 *
 * await using stats = new RedStats({ store: memoryStore(), registry: postgresRegistry({ url: 'postgres://localhost:5432/alerts' }) })
 * const alert = new Promise((resolve) => stats.subscribe({ minRed: 0.8 }, ({ event }) => resolve(event.imageId)))
 * await stats.record({ imageId: 'tomatoes', timestamp: 1000, clientId: 'kitchen', red: 0.85 })
 * await alert // => 'tomatoes'
 * ```
 */
export function postgresRegistry(options: PostgresRegistryOptions): SubscriptionRegistry {
  const { table = 'client_connections', keepMs = 3_600_000, timeoutMs = 5000, now = Date.now, ...rest } = options
  const { url, pool, ...unknown } = rest
  for (const key of Object.keys(unknown)) throw new TypeError(`Unknown option \`${key}\` of postgresRegistry`)
  if (!/^[a-z_][a-z0-9_]{0,40}$/.test(table)) throw new TypeError('Expected `table` to be 1 to 41 of a-z 0-9 _')
  if (!(keepMs >= 0)) throw new RangeError(`Expected \`keepMs\` to be from 0, got ${keepMs}`)
  if (!Number.isSafeInteger(timeoutMs) || timeoutMs < 1) {
    throw new RangeError(`Expected \`timeoutMs\` to be an integer from 1, got ${timeoutMs}`)
  }
  const target = { ...(url === undefined ? {} : { url }), ...(pool === undefined ? {} : { pool }) }
  const postgres = createPostgres(target, timeoutMs)
  const session = postgres.session()
  const instances = `${table}_instances`

  // Milliseconds of the instances' clocks, not the server's: one clock must tell both leases and their end.
  const create = `
    select pg_advisory_xact_lock(hashtext('${table}'));
    create table if not exists ${instances} (instance_id text primary key, lease_until bigint not null);
    create table if not exists ${table} (
      id text primary key, connection_id text not null, client_id text not null,
      min_red float8 not null check (min_red between 0 and 1),
      scope text not null check (scope in ('all', 'own')),
      instance_id text not null, active boolean not null, last_cursor text, updated_at bigint not null);
    create index if not exists ${table}_connection on ${table} (connection_id);
    create index if not exists ${table}_client on ${table} (client_id);
    create index if not exists ${table}_min_red on ${table} (min_red) include (id) where active;
    create index if not exists ${table}_instance on ${table} (instance_id) where active;
    create index if not exists ${table}_inactive on ${table} (updated_at) where not active`

  async function query(text: string, values: unknown[]): Promise<readonly Row[]> {
    try {
      return await session.query(text, values)
    } catch (error) {
      if (sqlState(error) !== '42P01') throw error // no such table
      await session.query(create)
      return session.query(text, values)
    }
  }

  return {
    upsert: async (rows) => {
      for (let start = 0; start < rows.length; start += pageSize) {
        // Of one id twice in a statement PostgreSQL takes neither: the last counts.
        const page = [...new Map(rows.slice(start, start + pageSize).map((row) => [row.id, row])).values()]
        const column = (name: keyof RegisteredSubscription) => page.map((row) => row[name])
        await query(
          `insert into ${table} (id, connection_id, client_id, min_red, scope, instance_id, active, updated_at)
           select *, true, $7::bigint
             from unnest($1::text[], $2::text[], $3::text[], $4::float8[], $5::text[], $6::text[])
           on conflict (id) do update set connection_id = excluded.connection_id, client_id = excluded.client_id,
             min_red = excluded.min_red, scope = excluded.scope, instance_id = excluded.instance_id,
             active = true, updated_at = excluded.updated_at`,
          [
            column('id'),
            column('connectionId'),
            column('clientId'),
            column('minRed'),
            column('scope'),
            column('instanceId'),
            now(),
          ],
        )
      }
    },
    deactivate: async (instanceId, connections) => {
      for (let start = 0; start < connections.length; start += pageSize) {
        const page = connections.slice(start, start + pageSize)
        await query(
          `update ${table} t set active = false, last_cursor = c.last_cursor, updated_at = $4
             from unnest($2::text[], $3::text[]) c (id, last_cursor)
            where t.connection_id = c.id and t.instance_id = $1 and t.active`,
          [instanceId, page.map(({ id }) => id), page.map(({ cursor }) => cursor), now()],
        )
      }
    },
    remove: async (subscriptions) => {
      const ids = subscriptions.map(({ id }) => id)
      const connections = subscriptions.map(({ connectionId }) => connectionId)
      await query(
        `delete from ${table} t using unnest($1::text[], $2::text[]) r (id, connection_id)
          where t.id = r.id and t.connection_id = r.connection_id`,
        [ids, connections],
      )
    },
    resume: async (clientId, connectionId, instanceId) => {
      // The rows are locked first, so that of two instances that want one connection the second finds it active.
      const rows = await query(
        `with rows as (select id, client_id, active from ${table} where connection_id = $2 order by id for update)
         update ${table} t set active = true, instance_id = $3, updated_at = $4
           from rows
          where t.id = rows.id and not t.active and not exists (select from rows where active or client_id <> $1)
         returning t.id, t.min_red, t.scope`,
        [clientId, connectionId, instanceId, now()],
      )
      return rows.map(({ id, min_red, scope }) => ({
        id: String(id),
        connectionId,
        clientId,
        minRed: Number(min_red),
        scope: scope === 'own' ? 'own' : 'all',
        instanceId,
      }))
    },
    heartbeat: async (instanceId, leaseMs) => {
      const [row] = await query(
        `with before as (select lease_until from ${instances} where instance_id = $1)
         insert into ${instances} (instance_id, lease_until) values ($1, $2)
         on conflict (instance_id) do update set lease_until = excluded.lease_until
         returning exists (select from before where lease_until >= $3) as lived`,
        [instanceId, now() + leaseMs, now()],
      )
      return row?.['lived'] === true
    },
    sweep: async (time) => {
      const [row] = await query(
        `with dead as (
           update ${table} t set active = false, updated_at = $2 where active and not exists (
             select from ${instances} i where i.instance_id = t.instance_id and i.lease_until >= $1) returning 1)
         select count(*)::int as swept from dead`,
        [time, now()],
      )
      await query(`delete from ${table} where not active and updated_at + $2 < $1`, [time, keepMs])
      await query(`delete from ${instances} where lease_until + $2 < $1`, [time, keepMs])
      return Number(row?.['swept'])
    },
    count: async ({ active, clientId } = {}) => {
      const [row] = await query(
        `select count(*)::int as count from ${table}
          where ($1::boolean is null or active = $1) and ($2::text is null or client_id = $2)`,
        [active ?? null, clientId ?? null],
      )
      return Number(row?.['count'])
    },
    close: () => postgres.close(),
  }
}
