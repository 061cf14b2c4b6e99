import { mkdtemp, rm } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findProgram } from './find-program.ts'
import { freePort } from './free-port.ts'
import { type RunningProgram, startProgram } from './program.ts'

export const redisServer: string | undefined = findProgram('redis-server', 'redis-server')

export interface RedisServer extends RunningProgram {
  readonly url: string
  /** Stops it, deletes its data, and starts it. */
  startEmpty(): Promise<void>
  close(): Promise<void>
}

/** A private Redis. With `appendfsync` it keeps what it acknowledged over a kill. */
export async function startRedis(flags: readonly string[] = []): Promise<RedisServer> {
  if (redisServer === undefined) throw new Error('redis-server is not installed')
  const folder = await mkdtemp(join(tmpdir(), 'ruddle-redis-'))
  const port = await freePort()
  const args = ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, '--save', '', ...flags]
  const server = await startProgram({ program: redisServer, args, port, isReady: () => answersPing(port) })
  const empty = async () => {
    await rm(folder, { recursive: true, force: true })
  }
  return {
    ...server,
    get pid() {
      return server.pid
    },
    url: `redis://127.0.0.1:${port}`,
    startEmpty: async () => {
      await server.kill()
      await rm(join(folder, 'appendonlydir'), { recursive: true, force: true })
      await server.start()
    },
    close: async () => {
      await server.kill()
      await empty()
    },
  }
}

/** It listens before it has read its data. */
function answersPing(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write('PING\r\n'))
    socket.once('data', (answer) => {
      socket.destroy()
      resolve(!answer.toString().startsWith('-LOADING'))
    })
    socket.once('error', () => resolve(false))
  })
}
