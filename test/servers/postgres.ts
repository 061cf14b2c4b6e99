import { execFileSync } from 'node:child_process'
import { chownSync, existsSync, readdirSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import pg from 'pg'
import { findProgram } from './find-program.ts'
import { freePort } from './free-port.ts'
import { memoryFolder } from './memory-folder.ts'
import { type RunningProgram, startProgram } from './program.ts'

const versions = '/usr/lib/postgresql' // Debian keeps each version in a folder of its own, outside PATH
const folders = existsSync(versions) ? readdirSync(versions).map((version) => join(versions, version, 'bin')) : []

export const postgresServer: string | undefined = findProgram('postgres', 'postgresql', folders)

export interface PostgresServer extends RunningProgram {
  readonly url: string
  /** Kills it, deletes its data, and starts another one in its place. */
  startEmpty(): Promise<void>
  close(): Promise<void>
}

/** A private PostgreSQL in a temporary folder. It refuses to run as root, so root runs it as the user `postgres`. */
export async function startPostgres(settings: Readonly<Record<string, string>> = {}): Promise<PostgresServer> {
  if (postgresServer === undefined) throw new Error('postgres is not installed')
  const folder = await memoryFolder('ruddle-postgres-')
  const user: { uid?: number; gid?: number } = process.getuid?.() === 0 ? postgresUser() : {}
  if (user.uid !== undefined && user.gid !== undefined) chownSync(folder, user.uid, user.gid)
  const initdb = join(dirname(postgresServer), 'initdb')
  const data = join(folder, 'data')
  const initialise = () =>
    execFileSync(initdb, ['-D', data, '-U', 'ruddle', '-A', 'trust', '-E', 'UTF8', '--no-locale', '--no-sync'], {
      ...user,
      cwd: '/',
      stdio: 'pipe',
    })
  initialise()
  const port = await freePort()
  const url = `postgres://ruddle@127.0.0.1:${port}/postgres`
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const server = await startProgram({
    program: postgresServer,
    args: ['-D', data, '-k', folder, '-h', '127.0.0.1', '-p', String(port), ...flags],
    port,
    spawn: { ...user, cwd: '/' },
    isReady: () => answersQueries(url),
    stopSignal: 'SIGINT', // fast: SIGTERM would wait for every client to leave
  })
  return {
    ...server,
    get pid() {
      return server.pid
    },
    url,
    startEmpty: async () => {
      await server.kill()
      await rm(data, { recursive: true })
      initialise()
      await server.start()
    },
    close: async () => {
      await server.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** It listens before it has read its log. */
async function answersQueries(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url })
  client.on('error', () => {})
  try {
    await client.connect()
    await client.end()
    return true
  } catch {
    return false
  }
}

function postgresUser(): { uid: number; gid: number } {
  const id = (flag: string) => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }))
  return { uid: id('-u'), gid: id('-g') }
}
