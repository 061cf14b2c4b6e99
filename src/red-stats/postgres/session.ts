import { answerOf } from '../attempt.ts'
import { RedStatsError } from '../errors.ts'
import { loadPeer } from '../missing-peer.ts'

/** What is used of a `Pool` of the package `pg`. */
export interface PostgresPool {
  connect(): Promise<PostgresPoolClient>
  on(event: 'error', listener: (error: Error) => void): unknown
  end(): Promise<void>
}

export interface PostgresPoolClient {
  query(text: string, values?: unknown[]): Promise<{ rows: Record<string, unknown>[]; rowCount: number | null }>
  on(event: 'notification' | 'error' | 'end', listener: () => void): unknown
  /** With true the connection is closed instead of being used again. */
  release(destroy?: boolean): void
}

/** Where to find PostgreSQL: a URL, or a pool that stays its owner's. */
export interface PostgresTarget {
  /** Such as `postgres://user:password@host:5432/database`. Needs the package `pg`. */
  readonly url?: string
  /** Instead of `url`: a pool of `pg`, with room for two connections of each adapter. It stays yours. */
  readonly pool?: PostgresPool
}

export type Row = Readonly<Record<string, unknown>>

/** One connection, made when it is needed and again after it failed; statements run one after the other. */
export interface PostgresSession {
  /** @throws RedStatsError `UNAVAILABLE`, `TIMEOUT` */
  query(text: string, values?: unknown[]): Promise<readonly Row[]>
  /** Is called on each notification, and when the connection is lost. */
  onNews(listener: () => void): void
  /** Whether this is another connection than at the last time it was asked: what was set or heard there is lost. */
  isNew(): boolean
  close(): void
}

export interface Postgres {
  session(): PostgresSession
  close(): Promise<void>
}

/** @throws TypeError */
export function createPostgres({ url, pool }: PostgresTarget, timeoutMs: number): Postgres {
  if ((url === undefined) === (pool === undefined)) throw new TypeError('Expected either `url` or `pool`')
  if (url !== undefined && !/^postgres(ql)?:$/.test(URL.canParse(url) ? new URL(url).protocol : '')) {
    throw new TypeError('Expected `url` to be a postgres: URL')
  }
  const sessions = new Set<PostgresSession>()
  let opening: Promise<PostgresPool> | undefined
  const open = (): Promise<PostgresPool> => {
    opening ??= pool === undefined ? poolFor(url ?? '', timeoutMs) : Promise.resolve(pool)
    return opening
  }
  return {
    session: () => {
      const session = createSession(open, timeoutMs)
      sessions.add(session)
      return session
    },
    close: async () => {
      for (const session of sessions) session.close()
      if (pool !== undefined) return
      const own = await opening?.catch(() => undefined)
      // A server that stands still does not answer the goodbye.
      await answerOf('PostgreSQL', own?.end() ?? Promise.resolve(), timeoutMs).catch(() => {})
    },
  }
}

function createSession(open: () => Promise<PostgresPool>, timeoutMs: number): PostgresSession {
  const listeners = new Set<() => void>()
  let client: Promise<PostgresPoolClient> | undefined
  let turn: Promise<unknown> = Promise.resolve()
  let asked: Promise<PostgresPoolClient> | undefined
  let closed = false

  async function connect(): Promise<PostgresPoolClient> {
    const made = await (await open()).connect()
    const news = () => {
      for (const listener of listeners) listener()
    }
    made.on('notification', news)
    made.on('error', news)
    made.on('end', news)
    return made
  }

  function discard(failed: Promise<PostgresPoolClient> | undefined): void {
    if (failed === undefined || client !== failed) return
    client = undefined
    failed.then((it) => it.release(true)).catch(() => {})
  }

  async function run(text: string, values: unknown[] | undefined): Promise<readonly Row[]> {
    if (closed) throw new RedStatsError('CLOSED', 'This adapter was closed')
    client ??= connect()
    const current = client
    try {
      const { rows } = await answerOf(
        'PostgreSQL',
        current.then((it) => it.query(text, values)),
        timeoutMs,
      )
      return rows
    } catch (error) {
      if (!isAnswer(error)) discard(current)
      throw error
    }
  }

  return {
    query: (text, values) => {
      const result = turn.then(() => run(text, values))
      turn = result.catch(() => {})
      return result
    },
    onNews: (listener) => void listeners.add(listener),
    isNew: () => {
      const fresh = client === undefined || client !== asked
      asked = client
      return fresh
    },
    close: () => {
      closed = true
      discard(client)
    },
  }
}

/** The error code of PostgreSQL, for an error that it answered. */
export function sqlState(error: unknown): string | undefined {
  const cause = error instanceof RedStatsError ? error.cause : undefined
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined
  return typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) ? code : undefined
}

/** An error of the statement: the connection is sound. Class 57 says that the server ends it. */
function isAnswer(error: unknown): boolean {
  const state = sqlState(error)
  return state !== undefined && !state.startsWith('57') && !state.startsWith('08')
}

async function poolFor(connectionString: string, timeoutMs: number): Promise<PostgresPool> {
  const { default: pg } = await loadPeer('pg', () => import('pg'))
  const pool = new pg.Pool({ connectionString, max: 8, connectionTimeoutMillis: timeoutMs, application_name: 'ruddle' })
  pool.on('error', () => {}) // an idle connection broke: the next statement opens another
  return pool as unknown as PostgresPool
}
