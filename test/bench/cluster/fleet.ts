import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { type ClickHouseProgram, startClickHouse } from '../../servers/clickhouse-program.ts'
import { freePort } from '../../servers/free-port.ts'
import { type Haproxy, startHaproxy } from '../../servers/haproxy.ts'
import { startNats } from '../../servers/nats.ts'
import { type PostgresServer, startPostgres } from '../../servers/postgres.ts'
import type { RunningProgram } from '../../servers/program.ts'
import { startRedis } from '../../servers/redis.ts'

export type Broker = 'local' | 'redis' | 'nats' | 'postgres'

export interface InstanceOptions {
  readonly port: number
  readonly broker: Broker
  readonly brokerUrl?: string
  /** Default: a store in the instance's memory. */
  readonly storeUrl?: string
  readonly postgresUrl?: string
}

export interface BrokerProgram extends RunningProgram {
  readonly url: string
  startEmpty?(): Promise<void>
  close(): Promise<void>
}

/** Instances behind a load balancer, with a process each, and what they share. */
export interface Fleet {
  readonly url: string
  readonly ports: readonly number[]
  readonly broker: BrokerProgram | undefined
  readonly store: ClickHouseProgram | undefined
  /** Keeps the registry; with the broker `postgres` that is the same server. */
  readonly registry: PostgresServer | undefined
  readonly balancer: Haproxy
  signal(index: number, signal: NodeJS.Signals): void
  /** Resolves when it has ended. */
  end(index: number, signal: NodeJS.Signals): Promise<void>
  start(index: number): Promise<void>
  /** Seconds of the processors that the instances have used. */
  cpuSeconds(): number
  close(): Promise<void>
}

export async function startFleet(
  size: number,
  kind: Broker,
  { clickHouse = false, registry = false }: { clickHouse?: boolean; registry?: boolean } = {},
): Promise<Fleet> {
  const closing: (() => Promise<unknown>)[] = []
  const opened = <Opened extends { close(): Promise<void> }>(one: Opened): Opened => {
    closing.push(() => one.close())
    return one
  }
  const postgres = kind === 'postgres' || registry ? opened(await startPostgres()) : undefined
  const broker = kind === 'postgres' ? postgres : await startBroker(kind)
  if (broker !== undefined && broker !== postgres) opened(broker)
  const store = clickHouse ? opened(await startClickHouse()) : undefined
  const ports: number[] = []
  for (let index = 0; index < size; index++) ports.push(await freePort())
  const children: ChildProcess[] = []

  async function start(index: number): Promise<void> {
    const options: InstanceOptions = {
      port: ports[index]!,
      broker: kind,
      ...(broker && { brokerUrl: broker.url }),
      ...(postgres && { postgresUrl: postgres.url }),
      ...(store && { storeUrl: store.url }),
    }
    const main = fileURLToPath(new URL('./instance.ts', import.meta.url))
    const child = fork(main, [JSON.stringify(options)], { execArgv: ['--import', 'tsx'], stdio: 'inherit' })
    children[index] = child
    await Promise.race([
      once(child, 'message'),
      once(child, 'exit').then(() => Promise.reject(new Error('An instance ended before it served'))),
    ])
  }

  async function end(index: number, signal: NodeJS.Signals): Promise<void> {
    const child = children[index]
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
    const ended = once(child, 'exit')
    child.kill(signal)
    await ended
  }

  closing.push(() => Promise.all(children.map((_, index) => end(index, 'SIGKILL'))))
  await start(0) // makes the tables
  await Promise.all(ports.slice(1).map((_, index) => start(index + 1)))
  const balancer = await startHaproxy({ stats: ports })
  closing.push(() => balancer.close())
  return {
    url: balancer.url,
    ports,
    broker,
    store,
    registry: postgres,
    balancer,
    signal: (index, signal) => void children[index]?.kill(signal),
    end,
    start,
    cpuSeconds: () => children.reduce((sum, { pid }) => sum + cpuSecondsOf(pid), 0),
    close: async () => {
      for (const close of closing.splice(0).reverse()) await close()
    },
  }
}

/** Linux counts in hundredths of a second. */
function cpuSecondsOf(pid: number | undefined): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
  return (Number(fields[11]) + Number(fields[12])) / 100
}

async function startBroker(kind: Broker): Promise<BrokerProgram | undefined> {
  if (kind === 'redis') return startRedis(['--appendonly', 'yes', '--appendfsync', 'everysec'])
  return kind === 'nats' ? startNats() : undefined
}
