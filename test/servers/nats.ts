import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findProgram } from './find-program.ts'
import { freePort } from './free-port.ts'
import { type RunningProgram, startProgram } from './program.ts'

export const natsServer: string | undefined = findProgram('nats-server', 'nats-server')

export interface NatsServer extends RunningProgram {
  readonly url: string
  /** Kills it, deletes its data, and starts it. */
  startEmpty(): Promise<void>
  close(): Promise<void>
}

/** A private NATS with JetStream, which keeps its streams in files. */
export async function startNats(): Promise<NatsServer> {
  if (natsServer === undefined) throw new Error('nats-server is not installed')
  const folder = await mkdtemp(join(tmpdir(), 'ruddle-nats-'))
  const port = await freePort()
  const args = ['-js', '-sd', folder, '-a', '127.0.0.1', '-p', String(port)]
  const server = await startProgram({ program: natsServer, args, port })
  return {
    ...server,
    get pid() {
      return server.pid
    },
    url: `nats://127.0.0.1:${port}`,
    startEmpty: async () => {
      await server.kill()
      await rm(join(folder, 'jetstream'), { recursive: true, force: true })
      await server.start()
    },
    close: async () => {
      await server.kill()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
