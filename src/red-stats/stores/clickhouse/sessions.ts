import { mkdir } from 'node:fs/promises'
import { resolve } from 'node:path'
import { isMainThread } from 'node:worker_threads'
import { RedStatsError } from '../../errors.ts'
import { loadPeer } from '../../missing-peer.ts'

/** The methods of `@clickhouse/client` that are used. */
export interface ClickHouseClient {
  command(options: { query: string } & RequestOptions): Promise<unknown>
  insert(
    options: {
      table: string
      columns: readonly [string, ...string[]]
      values: readonly unknown[]
      format: 'JSONCompactEachRow'
    } & RequestOptions,
  ): Promise<unknown>
  query(options: { query: string; format: 'JSONEachRow' } & RequestOptions): Promise<{ json<Row>(): Promise<Row[]> }>
  exec(options: { query: string } & RequestOptions): Promise<{ stream: AsyncIterable<Buffer> }>
  close(): Promise<void>
}

export interface RequestOptions {
  query_params?: Record<string, unknown>
  clickhouse_settings?: Record<string, string | number>
  abort_signal?: AbortSignal
}

/** Connections: what writes never waits for what reads. */
export interface Sessions {
  readonly writer: ClickHouseClient
  /** Lends the reader that has the least to do. */
  read<Result>(use: (client: ClickHouseClient) => Promise<Result>): Promise<Result>
  close(): Promise<void>
}

/** A session of chDB answers one question after the other, so that a short one would wait for a long one. */
const readers = 2

/** Opens chDB, ClickHouse's own engine, in this process. */
export async function openFolder(path: string): Promise<Sessions> {
  if (!isMainThread) {
    throw new RedStatsError(
      'UNAVAILABLE',
      'chDB ends the process when it is used in a worker thread: use the main thread',
    )
  }
  const { createClient, ClickHouseLogLevel } = await loadPeer(
    'chdb @clickhouse/client',
    () => import('@clickhouse/client'),
  )
  const log = { level: ClickHouseLogLevel.OFF } // what fails is the caller's to tell
  const { createChdbConnection } = await loadPeer('chdb @clickhouse/client', () => import('chdb/connection'))
  const folder = resolve(path)
  try {
    await mkdir(folder, { recursive: true })
  } catch (cause) {
    throw new RedStatsError('UNAVAILABLE', `The data folder ${folder} cannot be made`, { cause })
  }
  const clients: ClickHouseClient[] = []
  try {
    for (let session = 0; session < 1 + readers; session++) {
      // chDB's connection class and the client's interface have separate private members: their types never match.
      const connection = createChdbConnection({ path: folder }) as never
      clients.push(createClient({ connection, log }) as unknown as ClickHouseClient)
    }
  } catch (cause) {
    await Promise.all(clients.map((client) => client.close()))
    throw folderError(folder, cause)
  }
  return sessionsOf(clients[0]!, clients.slice(1))
}

/** chDB says only that it failed, and prints the reason to standard error. */
function folderError(folder: string, cause: unknown): RedStatsError {
  if (cause instanceof Error && /one active data directory/i.test(cause.message)) {
    const message = `The data folder ${folder} cannot be opened: this process has another one open, and chDB takes one`
    return new RedStatsError('UNAVAILABLE', message, { cause })
  }
  const message = `The data folder ${folder} cannot be opened: another process has it open (stop it, or choose another folder), or it is not chDB's`
  return new RedStatsError('LOCKED', message, { cause })
}

/** Connects to a server when the first question is asked; its client keeps a pool of connections. */
export async function openServer(options: {
  readonly url: string
  readonly username: string
  readonly password: string
  readonly request_timeout: number
}): Promise<Sessions> {
  const { createClient, ClickHouseLogLevel } = await loadPeer('@clickhouse/client', () => import('@clickhouse/client'))
  const log = { level: ClickHouseLogLevel.OFF }
  const client = createClient({ ...options, application: 'ruddle', log }) as unknown as ClickHouseClient
  return sessionsOf(client, [client])
}

function sessionsOf(writer: ClickHouseClient, clients: readonly ClickHouseClient[]): Sessions {
  const inUse = new Map(clients.map((client) => [client, 0]))
  return {
    writer,
    read: async (use) => {
      const [client] = [...inUse].reduce((least, next) => (next[1] < least[1] ? next : least))
      inUse.set(client, inUse.get(client)! + 1)
      try {
        return await use(client)
      } finally {
        inUse.set(client, inUse.get(client)! - 1)
      }
    },
    close: async () => {
      for (const client of new Set([writer, ...clients])) await client.close()
    },
  }
}
