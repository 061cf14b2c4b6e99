import { readFileSync, writeFileSync } from 'node:fs'
import { capacity } from './cluster/capacity.ts'
import { drill, type Fault, type Outcome } from './cluster/drill.ts'
import { brokerFaults, commonFaults, registryFaults, restartedEmpty, storeFaults } from './cluster/faults.ts'
import { type Broker, startFleet } from './cluster/fleet.ts'
import { latency } from './cluster/latency.ts'
import { table } from './measure.ts'

const operations = new URL('../../docs/operations.md', import.meta.url)
const clients = 500

/** Latency and throughput of a cluster; with `--faults`, what each fault does to it. */
export default async function cluster(flags: string[]): Promise<string> {
  const section = flags.includes('--faults') ? await matrix() : await speed()
  writeOperations(flags.includes('--faults') ? 'faults' : 'capacity', section)
  return section
}

async function speed(): Promise<string> {
  const measured = await latency()
  const rows = measured.map(({ broker, instances, p50, p99, perSecond }) => [
    broker,
    instances,
    p50.toFixed(1),
    p99.toFixed(1),
    Math.round(perSecond).toLocaleString('en'),
  ])
  const head = ['notifier', 'instances', 'p50, ms', 'p99, ms', 'events/s in batches of 100']
  return `From \`POST /stats\` until a client of every instance has the alert; stores in memory, producers and clients on the
same two cores, so that instances compete for them.

${table(head, rows)}

${capacity(measured)}`
}

async function matrix(): Promise<string> {
  const rows: (string | number)[][] = []
  const total = { silent: 0, doubled: 0, wrong: 0 }

  async function run(broker: Broker, faults: readonly Fault[]): Promise<void> {
    const fleet = await startFleet(3, broker, { clickHouse: true, registry: true })
    try {
      for (const fault of faults) {
        const name = brokerFaults.includes(fault) || fault === restartedEmpty ? `${broker} ${fault.name}` : fault.name
        const outcome = await drill(fleet, fault, { clients })
        rows.push(rowOf(broker, name, outcome))
        total.silent += outcome.silent
        total.doubled += outcome.doubled
        if (outcome.stored !== outcome.sent || outcome.above !== outcome.expectedAbove) total.wrong++
        console.error(rows.at(-1)?.join(' | '))
      }
    } finally {
      await fleet.close()
    }
  }

  await run('redis', [...commonFaults, ...storeFaults, ...registryFaults, ...brokerFaults, restartedEmpty])
  await run('nats', [...brokerFaults, restartedEmpty])
  await run('postgres', [...brokerFaults, restartedEmpty])
  const head = [
    'fault',
    'notifier',
    'recorded',
    'stored',
    'told of a gap',
    'missed',
    'silent',
    'doubled',
    'recovery, s',
  ]
  return `Three instances behind HAProxy share a ClickHouse (the engine behind the HTTP server of the tests), a broker and
a registry in PostgreSQL; ${clients} clients follow alerts through the load balancer while a producer records 100 images a second, repeating each
request until it is answered. The fault begins after a second and ends two seconds later. *Stored* is counted by an
instance at the end (after a store came back empty, of what was recorded since); *missed* are alerts a client did not get, *silent* those of them without a word of a gap, *doubled*
those it got twice on one connection; *recovery* is the time from the end of the fault until every client has an image
that is recorded right after it.

${table(head, rows)}

| bar | must | measured | met |
| --- | --- | --- | --- |
| alerts missed silently | 0 | ${total.silent} | ${total.silent === 0 ? 'yes' : '**no**'} |
| alerts doubled on a connection | 0 | ${total.doubled} | ${total.doubled === 0 ? 'yes' : '**no**'} |
| faults after which the counts differ from the producer's | 0 | ${total.wrong} | ${total.wrong === 0 ? 'yes' : '**no**'} |`
}

function rowOf(broker: Broker, name: string, outcome: Outcome): (string | number)[] {
  const { sent, stored, gaps, missed, silent, doubled, recoveryMs } = outcome
  return [name, broker, sent, stored, gaps, missed, silent, doubled, (recoveryMs / 1000).toFixed(1)]
}

/** Replaces what stands between the markers of a section. */
function writeOperations(name: string, section: string): void {
  const [start, end] = [`<!-- measured: ${name} -->`, `<!-- end of measured: ${name} -->`]
  const page = readFileSync(operations, 'utf8')
  const [from, to] = [page.indexOf(start), page.indexOf(end)]
  if (from < 0 || to < from) throw new Error(`docs/operations.md has no markers for ${name}`)
  writeFileSync(operations, `${page.slice(0, from)}${start}\n${section}\n${page.slice(to)}`)
}
