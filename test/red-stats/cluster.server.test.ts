import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { drill, type Fault } from '../bench/cluster/drill.ts'
import { commonFaults, restartedEmpty, storeFaults } from '../bench/cluster/faults.ts'
import { type Fleet, startFleet } from '../bench/cluster/fleet.ts'
import { haproxyServer } from '../servers/haproxy.ts'
import { redisServer } from '../servers/redis.ts'
import { canMakeDisks } from '../servers/small-disk.ts'

// The whole matrix is `npm run bench -- cluster --faults`.
const isSkipped = redisServer === undefined || haproxyServer === undefined || !canMakeDisks

describe.skipIf(isSkipped)('a cluster of two instances loses and doubles nothing', () => {
  let fleet: Fleet
  beforeAll(async () => {
    fleet = await startFleet(2, 'redis', { clickHouse: true })
  }, 60_000)
  afterAll(() => fleet.close())

  const fault = (name: string): Fault => [...commonFaults, ...storeFaults].find((one) => one.name === name)!

  it.each([
    ['an instance is killed', fault('instance killed'), 0],
    ['Redis comes back empty, and tells every client of a gap', restartedEmpty, 20],
  ])('when %s', async (_, fault, gaps) => {
    const outcome = await drill(fleet, fault, { clients: 20, beforeMs: 300, faultMs: 500, afterMs: 200 })
    expect(outcome).toMatchObject({
      stored: outcome.sent,
      above: outcome.expectedAbove,
      silent: 0,
      doubled: 0,
      missed: 0,
      gaps,
    })
    expect(outcome.expectedAbove).toBeGreaterThan(5)
  })
})
