import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout as delay } from 'node:timers/promises'
import type { RedEventInput, RedStats } from '../../../src/red-stats/index.ts'
import { median } from '../measure.ts'
import type { ChdbClient } from './chdb.ts'
import { questions, start } from './events.ts'

let next = 0
function newImage(): RedEventInput {
  const number = next++
  return { imageId: `new-${number}`, timestamp: start + number, clientId: number % 1000, red: (number % 1000) / 1000 }
}

/** The store's own single insert: one row, awaited, into a table like the store's. */
export async function createPlainTable(client: ChdbClient): Promise<() => Promise<void>> {
  await client.command({ query: 'CREATE TABLE IF NOT EXISTS plain_events AS red_events' })
  return async () => {
    const { imageId, timestamp, clientId, red } = newImage()
    const row = { ts: timestamp, image_id: imageId, client_id: String(clientId), red, stored_at: 0 }
    await client.insert({ table: 'plain_events', values: [row], format: 'JSONEachRow' })
  }
}

/** Acknowledged events a second of so many producers, each of which waits for its answer; and of awaited inserts. */
export async function ratesOf(
  stats: RedStats,
  insert: () => Promise<void>,
): Promise<{ producers: number; single: number }> {
  const rates = { producers: [] as number[], single: [] as number[] }
  for (let round = 0; round < 3; round++) {
    rates.single.push(
      await perSecond(100, async () => {
        for (let n = 0; n < 100; n++) await insert()
      }),
    )
    rates.producers.push(
      await perSecond(50_000, async () => {
        const producer = async (): Promise<void> => {
          for (let n = 0; n < 50; n++) await stats.record(newImage())
        }
        await Promise.all(Array.from({ length: 1000 }, producer))
      }),
    )
  }
  return { producers: median(rates.producers), single: median(rates.single) }
}

/** Median milliseconds of a lone append and of a single insert, in turns. */
export async function loneAppend(
  stats: RedStats,
  insert: () => Promise<void>,
): Promise<{ lone: number; single: number }> {
  const times = { lone: [] as number[], single: [] as number[] }
  for (let round = 0; round < 150; round++) {
    times.single.push(await milliseconds(insert))
    times.lone.push(await milliseconds(() => stats.record(newImage())))
  }
  return { lone: median(times.lone), single: median(times.single) }
}

/**
 * The event loop's delay while 100,000 events a second are appended in batches and questions are asked; and before
 * that, while nothing is done, which is what the machine adds.
 */
export async function loopDelay(
  stats: RedStats,
): Promise<{ idleP99: number; p99: number; max: number; perSecond: number; asked: number }> {
  const asked = questions(24 * 3_600_000, 1000)
  const idle = monitorEventLoopDelay({ resolution: 1 })
  idle.enable()
  await delay(2000)
  idle.disable()
  const histogram = monitorEventLoopDelay({ resolution: 1 })
  const seconds = 8
  let answers = 0
  let running = true
  const asking = (async () => {
    for (let n = 0; running; n++) {
      await stats.count(asked[n % asked.length]!)
      answers++
      await delay(1)
    }
  })()
  histogram.enable()
  const begin = performance.now()
  const pending: Promise<unknown>[] = []
  for (let tick = 0; tick < seconds * 100; tick++) {
    pending.push(stats.record(Array.from({ length: 1000 }, newImage)))
    await delay(Math.max(0, begin + (tick + 1) * 10 - performance.now()))
  }
  await Promise.all(pending)
  const elapsed = (performance.now() - begin) / 1000
  histogram.disable()
  running = false
  await asking
  return {
    idleP99: idle.percentile(99) / 1e6,
    p99: histogram.percentile(99) / 1e6,
    max: histogram.max / 1e6,
    perSecond: (seconds * 100_000) / elapsed,
    asked: answers,
  }
}

async function perSecond(events: number, work: () => Promise<void>): Promise<number> {
  return events / ((await milliseconds(work)) / 1000)
}

async function milliseconds(work: () => Promise<unknown>): Promise<number> {
  const begin = performance.now()
  await work()
  return performance.now() - begin
}
