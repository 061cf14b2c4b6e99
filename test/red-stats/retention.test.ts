import { describe, expect, it } from 'vitest'
import { memoryStore, type RedEventInput, RedStats } from '../../src/red-stats/index.ts'

const hour = 3_600_000

/** One image an hour, of which those of the last ten hours are kept. */
async function withHistory(): Promise<{ stats: RedStats; clock: { now: number } }> {
  const clock = { now: 100 * hour }
  const stats = new RedStats({ store: memoryStore(), retentionMs: 10 * hour, now: () => clock.now })
  const images = Array.from({ length: 100 }, (_, n): RedEventInput => {
    return { imageId: n, timestamp: n * hour, clientId: 'c', red: n / 100 }
  })
  await stats.record(images)
  return { stats, clock }
}

describe('retention', () => {
  it('hides an event from the millisecond of its expiry', async () => {
    const { stats, clock } = await withHistory()
    expect(await stats.count({ red: 0.95 })).toEqual({ total: 10, above: 4 })
    clock.now += 1
    expect(await stats.count()).toEqual({ total: 9, above: null })
    expect((await stats.list()).events).toHaveLength(9)
    expect(await stats.distribution({ bins: 1 })).toEqual([9])
    await stats.close()
  })

  it('answers a query about expired times with nothing', async () => {
    const { stats } = await withHistory()
    expect(await stats.count({ to: 50 * hour, red: 0 })).toEqual({ total: 0, above: 0 })
    expect(await stats.distribution({ to: 50 * hour, bins: 2 })).toEqual([0, 0])
    expect(await stats.series({ from: 0, to: 2 * hour, stepMs: hour })).toEqual([
      { from: 0, total: 0, above: null },
      { from: hour, total: 0, above: null },
    ])
    await stats.close()
  })

  it('cuts the step of a chart in which events expire', async () => {
    const { stats, clock } = await withHistory()
    clock.now += hour / 2
    const points = await stats.series({ from: 80 * hour, to: 100 * hour, stepMs: 4 * hour, red: 0.5 })
    expect(points.map(({ from, total, above }) => [from / hour, total, above])).toEqual([
      [80, 0, 0],
      [84, 0, 0],
      [88, 1, 1],
      [92, 4, 4],
      [96, 4, 4],
    ])
    await stats.close()
  })

  it('lets the store free the space, at most once an hour, and reports when that fails', async () => {
    const memory = memoryStore()
    const expired: number[] = []
    const failure = new Error('disk')
    const clock = { now: 100 * hour }
    const stats = new RedStats({
      store: {
        ...memory,
        expire: async (before) => {
          expired.push(before)
          throw failure
        },
      },
      retentionMs: hour,
      now: () => clock.now,
    })
    const errors: unknown[] = []
    stats.on('error', (error) => errors.push(error))
    for (const [imageId, after] of [0, hour / 2, hour].entries()) {
      clock.now = 100 * hour + after
      await stats.record({ imageId, timestamp: clock.now, clientId: 'c', red: 0 })
    }
    expect(expired).toEqual([99 * hour, 100 * hour])
    expect(errors).toEqual([failure, failure])
    await stats.close()
  })

  it('must be given in whole milliseconds', () => {
    expect(() => new RedStats({ store: memoryStore(), retentionMs: 0 })).toThrow(
      'Expected `retentionMs` to be an integer from 1, got 0',
    )
  })
})
