import { setTimeout as delay } from 'node:timers/promises'
import { table } from '../measure.ts'
import { startChild } from './child.ts'

const connections = 2000
const seconds = 60

interface Record {
  readonly received: number
  readonly holes: number
  readonly repeats: number
  readonly gaps: number
  readonly resumes: number
  readonly stalls: number
  readonly drops: number
}

/**
 * A minute of load on connections of which a tenth stall, drop and come back at random. Every one of them asks for
 * every image, so each number in the sequence has to arrive once on a connection, or lie in a gap that was announced.
 */
export async function soak(): Promise<string> {
  const server = startChild('server.ts', ['ruddle', '200']) // a small ring, so that some come back too late
  const clients = startChild('soak-clients.ts')
  const memory = async () => Math.round((await server.ask<{ bytes: number }>({ ask: 'memory' })).bytes / 2 ** 20)
  const { port } = await server.ask<{ port: number }>({ ask: 'port' })
  await clients.ask({ ask: 'connect', port, connections })
  const megabytes: number[] = []
  let published = 0
  const start = performance.now()
  while (performance.now() - start < seconds * 1000) {
    const events = 1 + Math.floor(Math.random() * 6)
    await server.ask({ ask: 'publish', events })
    published += events
    if (performance.now() - start > megabytes.length * 5000) megabytes.push(await memory())
    await delay(50)
  }
  const { received, holes, repeats, gaps, resumes, stalls, drops } = await clients.ask<Record>({
    ask: 'finish',
    published,
  })
  megabytes.push(await memory())
  clients.stop()
  server.stop()
  const half = megabytes.slice(Math.floor(megabytes.length / 2))
  return `${connections.toLocaleString('en')} connections for ${seconds} s, a tenth of them stalling, dropping and coming back at random;
${published.toLocaleString('en')} images, every one for every connection.

${table(
  ['what', 'count', 'must'],
  [
    ['alerts received', received.toLocaleString('en'), ''],
    ['connections that stalled', stalls.toLocaleString('en'), ''],
    ['connections dropped without a goodbye', drops.toLocaleString('en'), ''],
    ['of them resumed', resumes.toLocaleString('en'), ''],
    ['gaps announced', gaps.toLocaleString('en'), ''],
    ['holes that were not announced', holes, holes === 0 ? '0, met' : '0, **not met**'],
    ['repeats on one connection', repeats, repeats === 0 ? '0, met' : '0, **not met**'],
  ],
)}

Resident memory of the server every 5 s, in MB (it stores every image, in memory): ${megabytes.join(', ')}; over the second
half it grew by ${Math.max(...half) - half[0]!} MB.`
}
