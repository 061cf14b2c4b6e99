import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { table } from './measure.ts'
import { createPlainTable, loneAppend, loopDelay, ratesOf } from './store/append.ts'
import { chdbClient, fillFolder, plainScan } from './store/chdb.ts'
import { compare, microseconds, openIndexed } from './store/count.ts'
import { duckdb, sqlite } from './store/embedded-peers.ts'
import type { Contender } from './store/events.ts'
import { postgres } from './store/postgres.ts'

const threeDigits = new Intl.NumberFormat('en', { maximumSignificantDigits: 3 })
const month = 27 * 24 * 3_600_000

type Row = [what: string, measured: string, must: string, goal: string, verdict: string]

/** Recording and counting against the obvious ways. `--large`: the counts at 100 million events alone. */
export default async function store(flags: string[]): Promise<string> {
  const large = flags.includes('--large')
  const events = large ? 100_000_000 : 10_000_000
  const folder = await mkdtemp(join(tmpdir(), 'ruddle-bench-store-'))
  try {
    return await measure(folder, events, large)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function measure(folder: string, events: number, large: boolean): Promise<string> {
  const million = join(folder, 'million')
  await fillFolder(million, 1_000_000)
  const small = await openIndexed(million)
  const atMillion = await microseconds(small.contender)
  await small.contender.close()

  const path = join(folder, 'events')
  await fillFolder(path, events)
  const opened = await openIndexed(path)
  const atMany = await microseconds(opened.contender)
  const scan = plainScan(path)
  const peers = large ? [] : await openPeers(folder, events)
  const contenders = [opened.contender, scan, ...peers]
  const medians = await compare(contenders, month, 9)
  const speedUp = medians[scan.name]! / medians['indexed']!
  const growth = Math.max(atMany.hour / atMillion.hour, atMany.days / atMillion.days, atMany.month / atMillion.month)
  for (const peer of [...peers, scan]) await peer.close()

  const inMillions = `${events / 1e6} M`
  const rows: Row[] = [
    atLeast(
      `count over 27 of 30 days, ${inMillions} events: plain ClickHouse scan / indexed`,
      speedUp,
      large ? 150 : 80,
      large ? 250 : 500,
      '×',
    ),
    atMost(`count at ${inMillions} / at 1 M, the worst of an hour, 3 days and 27 days`, growth, 10, 4, ''),
  ]
  const reopened = `reopen ${inMillions} events to the first exact answer, by the store (the index answers after ${(opened.loadedMs / 1000).toFixed(1)} s)`
  const firstSeconds = opened.firstMs / 1000
  if (large) rows.push([reopened, `${threeDigits.format(firstSeconds)} s`, '', '', ''])
  else rows.push(atMost(reopened, firstSeconds, 3, 1, ' s'), ...(await appends(path, opened)))
  await opened.contender.close()

  const counts = contenders.map(({ name }) => [
    name,
    `${threeDigits.format(medians[name]!)} ms`,
    `${(medians[name]! / medians['indexed']!).toFixed(0)}×`,
  ])
  const inMemory = Object.entries({ '1 M': atMillion, [inMillions]: atMany }).map(([size, { hour, days, month }]) => [
    size,
    ...[hour, days, month].map((time) => `${time.toFixed(1)} µs`),
  ])
  return [
    table(['what', 'measured', 'must', 'goal', ''], rows),
    `The same question to each, median of 9 random ranges of 27 days with a random threshold, ${inMillions} events of 30 days, all answers equal:`,
    table(['', 'time', 'times indexed'], counts),
    'A count by `RedStats` with the index in memory, median of 500:',
    table(['events', 'an hour', '3 days', '27 days'], inMemory),
  ].join('\n\n')
}

async function openPeers(folder: string, events: number): Promise<Contender[]> {
  const opened = [await duckdb(folder, events), await sqlite(folder, events), await postgres(folder, events)]
  return opened.filter((contender) => contender !== undefined)
}

async function appends(path: string, { stats }: Awaited<ReturnType<typeof openIndexed>>): Promise<Row[]> {
  const client = chdbClient(path)
  const insert = await createPlainTable(client)
  const rates = await ratesOf(stats, insert)
  const lone = await loneAppend(stats, insert)
  const delay = await loopDelay(stats)
  await client.close()
  return [
    atLeast(
      `acknowledged appends of 1,000 producers (${rates.producers.toFixed(0)}/s) / awaited single inserts into chDB (${rates.single.toFixed(0)}/s)`,
      rates.producers / rates.single,
      200,
      390,
      '×',
    ),
    atMost(
      `lone append (${lone.lone.toFixed(2)} ms) / the store's own single insert (${lone.single.toFixed(2)} ms)`,
      lone.lone / lone.single,
      1.3,
      1.1,
      '',
    ),
    atMost(
      `event loop's delay, 99th percentile, while ${delay.perSecond.toFixed(0)} events/s are appended and ${delay.asked} questions asked (longest ${delay.max.toFixed(1)} ms; idle before that: ${delay.idleP99.toFixed(1)} ms)`,
      delay.p99,
      20,
      10,
      ' ms',
    ),
  ]
}

function atLeast(what: string, value: number, must: number, goal: number, unit: string): Row {
  return [
    what,
    `${threeDigits.format(value)}${unit}`,
    `≥ ${must}${unit}`,
    `≥ ${goal}${unit}`,
    verdict(value >= must, value >= goal),
  ]
}

function atMost(what: string, value: number, must: number, goal: number, unit: string): Row {
  return [
    what,
    `${threeDigits.format(value)}${unit}`,
    `≤ ${must}${unit}`,
    `≤ ${goal}${unit}`,
    verdict(value <= must, value <= goal),
  ]
}

function verdict(must: boolean, goal: boolean): string {
  return goal ? 'goal met' : must ? 'must met' : 'not met'
}
