import { setTimeout as delay } from 'node:timers/promises'
import { table } from '../measure.ts'
import { startChild } from './child.ts'
import { show, verdict } from './verdict.ts'

const clients = 100
const events = 40_000

/** What a hundred clients that stop reading cost a server, when forty thousand alerts are for each. */
export async function stalled(): Promise<string> {
  const cost: Record<'ruddle' | 'loop', number> = { ruddle: 0, loop: 0 }
  for (const name of ['ruddle', 'loop'] as const) cost[name] = (await growth(name, clients)) - (await growth(name, 0))
  const ratio = cost.ruddle / cost.loop
  const megabytes = (bytes: number) => `${Math.round(bytes / 2 ** 20)} MB`
  return `### ${clients} clients that read nothing, ${events.toLocaleString('en')} alerts for each

${table(
  ['', 'ruddle', '`ws.send` in a loop', 'ratio', 'must', 'goal', 'met'],
  [
    [
      'resident memory for them',
      megabytes(cost.ruddle),
      megabytes(cost.loop),
      show(ratio),
      ...verdict(ratio, { must: 1 / 10, goal: 1 / 50, more: false }),
    ],
  ],
)}

What a server grows by for the same events with no client is subtracted: for ruddle its store and its ring of events.`
}

async function growth(name: 'ruddle' | 'loop', clients: number): Promise<number> {
  const server = startChild('server.ts', [name])
  const load = startChild('load.ts')
  const memory = async () => (await server.ask<{ bytes: number }>({ ask: 'memory' })).bytes
  const { port } = await server.ask<{ port: number }>({ ask: 'port' })
  const path = name === 'ruddle' ? '/alerts?min_red=0' : '/?min_red=0'
  await load.ask({ ask: 'connect', name, port, path, connections: clients })
  await server.ask({ ask: 'publish', events: 100 })
  await load.ask({ ask: 'received', name, messages: 100 * clients })
  await load.ask({ ask: 'pause', name })
  const before = await memory()
  for (let done = 0; done < events; done += 500) {
    await server.ask({ ask: 'publish', events: 500 })
    await delay(2) // so that the kernel's buffers are filled before anything else
  }
  const after = await memory()
  load.stop()
  server.stop()
  return after - before
}
