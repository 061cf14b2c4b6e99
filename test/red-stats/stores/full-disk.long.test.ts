import { setTimeout as delay } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { RedEvent } from '../../../src/red-stats/index.ts'
import { clickHouseStore } from '../../../src/red-stats/stores/clickhouse.ts'
import { type ClickHouseProgram, startClickHouse } from '../../servers/clickhouse-program.ts'
import { canMakeDisks } from '../../servers/small-disk.ts'

const rounds = 120

// Others fill the disk within a moment, while parts are written and merged.
describe.skipIf(!canMakeDisks)('a disk that fills up again and again', () => {
  let server: ClickHouseProgram
  beforeEach(async () => {
    server = await startClickHouse()
  })
  afterEach(() => server.close())

  it('costs no event that was acknowledged', async () => {
    const store = clickHouseStore({ url: server.url, timeoutMs: 5000 })
    await store.open()
    const acknowledged: RedEvent[] = []
    let made = 0
    let refused = 0
    let running = true
    const load = (async () => {
      while (running) {
        const events = Array.from({ length: 10 }, () => ({
          imageId: `image ${made++}`,
          timestamp: made,
          clientId: 'c',
          red: 0.5,
        }))
        if (await store.append(events).catch(() => {})) acknowledged.push(...events)
        else refused++
        await delay(15)
      }
    })()
    for (let round = 0; round < rounds; round++) {
      await delay(300 + 10 * (round % 30))
      await server.fillDisk()
      await delay(300)
      await server.freeDisk()
    }
    running = false
    await load
    const repeated = await store.append(acknowledged)
    expect(repeated.filter(({ status }) => status !== 'duplicate')).toEqual([])
    expect((await store.count({})).total).toBeGreaterThanOrEqual(acknowledged.length)
    expect(acknowledged.length).toBeGreaterThan(rounds * 10)
    expect(refused).toBeGreaterThan(rounds)
    await store.close()
  })
})
