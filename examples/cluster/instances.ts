import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { freePort } from '../../test/servers/free-port.ts'
import type { Shared } from './programs.ts'

export interface Instance {
  readonly port: number
  readonly process: ChildProcess
  close(): Promise<void>
}

/** A RED_STATS of its own process, working with what all share; it believes the load balancer who a client is. */
export async function startStats({ storeUrl, redisUrl, postgresUrl }: Shared): Promise<Instance> {
  const port = await freePort()
  const shared = ['--store-url', storeUrl, '--redis-url', redisUrl, '--postgres-url', postgresUrl]
  return start(port, ['--only', 'stats', '--port', String(port), '--proxy', '127.0.0.1', ...shared])
}

/** A RED of its own process, which tells RED_STATS of its images through the load balancer. */
export async function startRed(port: number, statsUrl: string): Promise<Instance> {
  return start(port, ['--only', 'red', '--red-port', String(port), '--stats-url', statsUrl])
}

async function start(port: number, flags: readonly string[]): Promise<Instance> {
  const data = await mkdtemp(join(tmpdir(), 'ruddle-instance-'))
  const main = fileURLToPath(new URL('../server/main.ts', import.meta.url))
  const child = spawn(process.execPath, ['--import', 'tsx', main, '--no-demo', '--data', data, ...flags], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  await new Promise<void>((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', () => reject(new Error(`An instance ended: ${output}`)))
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (text: Buffer) => {
        output += text
        if (output.includes('Serving')) resolve()
      })
    }
  })
  return {
    port,
    process: child,
    close: async () => {
      if (child.exitCode === null && child.signalCode === null) {
        const ended = once(child, 'exit')
        child.kill('SIGTERM')
        await ended
      }
      await rm(data, { recursive: true, force: true })
    },
  }
}
