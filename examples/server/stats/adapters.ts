import { join } from 'node:path'
import { indexed, type RedStatsOptions } from 'ruddle/red-stats'
import { clickHouseStore } from 'ruddle/red-stats/clickhouse'
import { natsNotifier } from 'ruddle/red-stats/nats'
import { postgresNotifier, postgresRegistry } from 'ruddle/red-stats/postgres'
import { redisNotifier } from 'ruddle/red-stats/redis'
import type { ServerOptions } from '../options.ts'

/**
 * What the engine works with. Alone: chDB in this process with an index in front of it. With others: a ClickHouse that
 * all share, a broker between them, and PostgreSQL for who is subscribed (and as the broker, where there is no other).
 */
export function adaptersOf({ data, storeUrl, redisUrl, natsUrl, postgresUrl }: ServerOptions): RedStatsOptions {
  const store =
    storeUrl === undefined
      ? indexed(clickHouseStore({ path: join(data, 'clickhouse') }))
      : clickHouseStore(serverOf(storeUrl))
  const notifier =
    redisUrl !== undefined
      ? redisNotifier({ url: redisUrl })
      : natsUrl !== undefined
        ? natsNotifier({ servers: natsUrl })
        : postgresUrl !== undefined
          ? postgresNotifier({ url: postgresUrl })
          : undefined
  return {
    store,
    ...(notifier && { notifier }),
    ...(postgresUrl !== undefined && { registry: postgresRegistry({ url: postgresUrl }) }),
  }
}

/** User, password and database are parts of the URL; `?cluster=` names the cluster, if it is one. */
function serverOf(address: string) {
  const { origin, username, password, pathname, searchParams } = new URL(address)
  const [database, cluster] = [pathname.slice(1), searchParams.get('cluster')]
  return {
    url: origin,
    ...(username !== '' && { username: decodeURIComponent(username) }),
    ...(password !== '' && { password: decodeURIComponent(password) }),
    ...(database !== '' && { database }),
    ...(cluster !== null && { cluster }),
  }
}
