import { median, table } from '../measure.ts'
import { type Child, startChild } from './child.ts'
import { show, verdict } from './verdict.ts'

const names = ['ruddle', 'loop', 'socket.io'] as const
type Name = (typeof names)[number]
const titles: Record<Name, string> = { ruddle: 'ruddle', loop: '`ws.send` in a loop', 'socket.io': '`socket.io` emit' }
const paths: Record<Name, string> = {
  ruddle: '/alerts?min_red=RANDOM',
  loop: '/?min_red=RANDOM',
  'socket.io': '/socket.io/?EIO=4&transport=websocket',
}

/** Events to thousands of sockets: three servers and their clients, each in a process of its own, in turn. */
export async function fanOut(): Promise<string> {
  const servers = Object.fromEntries(names.map((name) => [name, startChild('server.ts', [name])])) as Record<
    Name,
    Child
  >
  // one for each: the sockets of all would be more than a process may open
  const loads = Object.fromEntries(names.map((name) => [name, startChild('load.ts')])) as Record<Name, Child>
  const connect = async (name: Name, connections: number) => {
    const { port } = await servers[name].ask<{ port: number }>({ ask: 'port' })
    await loads[name].ask({ ask: 'connect', name, port, path: paths[name], connections })
  }
  /** Publishes and waits until all is received; milliseconds from the first to the last. */
  const round = async (name: Name, events: number, connections: number): Promise<number> => {
    await loads[name].ask({ ask: 'expect', name })
    const start = performance.now()
    await servers[name].ask({ ask: 'publish', events })
    await loads[name].ask({ ask: 'received', name, messages: events * connections })
    return performance.now() - start
  }
  /** CPU time of the server for a delivery of single events, in microseconds. */
  const cpu = async (name: Name, events: number): Promise<number> => {
    const { us: before } = await servers[name].ask<{ us: number }>({ ask: 'cpu' })
    for (let event = 0; event < events; event++) await round(name, 1, few)
    const { us: after } = await servers[name].ask<{ us: number }>({ ask: 'cpu' })
    return (after - before) / (events * few)
  }

  const few = 5000
  for (const name of names) await connect(name, few)
  for (const name of names) for (let warmup = 0; warmup < 5; warmup++) await round(name, 2, few)

  const bursts = lists()
  const first = lists()
  const later = lists()
  for (let turn = 0; turn < 9; turn++) {
    for (const name of names) {
      bursts[name].push((20 * few) / ((await round(name, 20, few)) / 1000))
      first[name].push(await cpu(name, 3))
      await cpu(name, 10)
      later[name].push(await cpu(name, 20))
    }
  }

  const many = 10_000
  const blocks = lists()
  for (const name of ['ruddle', 'loop'] as const) await connect(name, many - few)
  for (let turn = -2; turn < 9; turn++) {
    for (const name of ['ruddle', 'loop'] as const) {
      await servers[name].ask({ ask: 'watch' })
      await round(name, 1, many)
      const { ms } = await servers[name].ask<{ ms: number }>({ ask: 'longest' })
      if (turn >= 0) blocks[name].push(ms)
    }
  }
  for (const child of [...Object.values(loads), ...Object.values(servers)]) child.stop()

  const burst = (name: Name) => median(bursts[name])
  const ofSocketIo = (times: Record<Name, number[]>) => median(times.ruddle) / median(times['socket.io'])
  const block = (name: Name) => median(blocks[name])
  const deliveries = (value: number) => `${Math.round(value / 1000).toLocaleString('en')},000/s`
  return `### Fan-out

${table(
  ['', ...names.map((name) => titles[name]), 'ratio', 'must', 'goal', 'met'],
  [
    [
      'burst of 20 events to 5,000 sockets, deliveries a second (ratio to the loop)',
      ...names.map((name) => deliveries(burst(name))),
      show(burst('ruddle') / burst('loop')),
      ...verdict(burst('ruddle') / burst('loop'), { must: 5, goal: 10, more: true }),
    ],
    [
      'CPU of the server for a delivery, single events to 5,000 sockets (ratio to socket.io)',
      ...names.map((name) => `${median(later[name]).toFixed(1)} µs`),
      show(ofSocketIo(later)),
      ...verdict(ofSocketIo(later), { must: 0.7, goal: 0.5, more: false }),
    ],
    [
      'the same for the first three events after another server had the processor',
      ...names.map((name) => `${median(first[name]).toFixed(1)} µs`),
      show(ofSocketIo(first)),
    ],
    [
      'longest block of the event loop, one event to 10,000 sockets (ratio to the loop)',
      `${block('ruddle').toFixed(1)} ms`,
      `${block('loop').toFixed(1)} ms`,
      '',
      show(block('ruddle') / block('loop')),
      ...verdict(block('ruddle') / block('loop'), { must: 1 / 5, goal: 1 / 15, more: false }),
    ],
  ],
)}

The figures of ruddle are those of the whole engine, from \`record\` into a store in memory to the sockets; the others
only send. The thresholds of ruddle and of the loop are spread over 0 to 0.8, socket.io sends everything to everyone. CPU
is that of 20 events, after 10 that are not counted: the servers run in turn, and each finds the caches full of what was
the last one's. The first events, which are shown as well, follow a burst that took the others twenty rounds and ruddle
one.`
}

function lists(): Record<Name, number[]> {
  return { ruddle: [], loop: [], 'socket.io': [] }
}
