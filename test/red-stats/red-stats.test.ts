import { afterEach, describe, expect, it } from 'vitest'
import { memoryStore, type RedEvent, RedStats, type RedStatsStore } from '../../src/red-stats/index.ts'

const opened: RedStats[] = []
afterEach(() => Promise.all(opened.splice(0).map((stats) => stats.close())))

function open(options: Partial<ConstructorParameters<typeof RedStats>[0]> = {}): RedStats {
  const stats = new RedStats({ store: memoryStore(), ...options })
  opened.push(stats)
  return stats
}

const image = (imageId: string | number, timestamp: number, red: number, clientId: string | number = 'me') => ({
  imageId,
  timestamp,
  clientId,
  red,
})

describe('RedStats', () => {
  it('does no I/O before it is used', async () => {
    let opens = 0
    const memory = memoryStore()
    const stats = open({ store: { ...memory, open: async () => void opens++ } })
    expect(opens).toBe(0)
    await Promise.all([stats.count(), stats.count(), stats.ready()])
    expect(opens).toBe(1)
  })

  it('can be opened again after that failed', async () => {
    const memory = memoryStore()
    let attempts = 0
    const store: RedStatsStore = {
      ...memory,
      open: async () => {
        if (++attempts === 1) throw new Error('not yet')
      },
    }
    const stats = open({ store })
    await expect(stats.ready()).rejects.toThrow('not yet')
    await expect(stats.record(image('a', 1, 0.5))).resolves.toEqual({ status: 'stored' })
  })

  it('records an event, tells a repeat and a conflict', async () => {
    const stats = open()
    expect(await stats.record(image(7, 1000, 0.5))).toEqual({ status: 'stored' })
    expect(await stats.record(image('7', 1000, 0.5))).toEqual({ status: 'duplicate' })
    expect(await stats.record(image('7', 1000, 0.6))).toEqual({ status: 'conflict' })
    expect(await stats.count({ red: 0.55 })).toEqual({ total: 1, above: 0 })
  })

  it('rejects a single invalid event before anything is stored', async () => {
    const stats = open()
    await expect(stats.record(image('a', 1, 2))).rejects.toMatchObject({ code: 'INVALID', field: 'red' })
    expect(await stats.count()).toEqual({ total: 0, above: null })
  })

  it('gives several events one result each and stores the valid ones', async () => {
    const stats = open()
    const results = await stats.record([image('a', 1, 0.5), image('', 1, 0.5), image('b', 1, 0.9), image('a', 1, 0.5)])
    expect(results.map(({ status }) => status)).toEqual(['stored', 'invalid', 'stored', 'duplicate'])
    expect(results[1]).toMatchObject({ error: { code: 'INVALID', field: 'imageId' } })
    expect(await stats.count({ red: 0.5 })).toEqual({ total: 2, above: 1 })
  })

  it('takes no events at all', async () => {
    expect(await open().record([])).toEqual([])
  })

  it('gives a thousand producers their own results', async () => {
    const stats = open()
    const results = await Promise.all(
      Array.from({ length: 1000 }, (_, n) => stats.record(image(n % 500, n % 500, 0.5))),
    )
    expect(results.filter(({ status }) => status === 'stored')).toHaveLength(500)
    expect(results.filter(({ status }) => status === 'duplicate')).toHaveLength(500)
  })

  it('rejects with what the store throws and works again when the store does', async () => {
    const memory = memoryStore()
    let broken = true
    const stats = open({
      store: {
        ...memory,
        append: async (events) => {
          if (broken) throw new Error('disk full')
          return memory.append(events)
        },
      },
    })
    await expect(stats.record(image('a', 1, 0.5))).rejects.toThrow('disk full')
    broken = false
    expect(await stats.record(image('a', 1, 0.5))).toEqual({ status: 'stored' })
  })

  it('counts, charts, distributes and lists', async () => {
    const stats = open()
    await stats.record([image('a', 0, 0.1), image('b', 10, 0.9), image('c', 25, 1), image('d', 25, 0.5, 'you')])
    expect(await stats.count({ from: 10, to: 25, red: 0.5 })).toEqual({ total: 1, above: 1 })
    expect(await stats.count({ clientId: 'you', red: 0.5 })).toEqual({ total: 1, above: 0 })
    expect(await stats.series({ from: 0, to: 25, stepMs: 10, red: 0.5 })).toEqual([
      { from: 0, total: 1, above: 0 },
      { from: 10, total: 1, above: 1 },
      { from: 20, total: 0, above: 0 },
    ])
    expect(await stats.distribution({ bins: 2 })).toEqual([1, 3])
    expect((await stats.list()).events.map(({ imageId }) => imageId)).toEqual(['d', 'c', 'b', 'a'])
  })

  it('lists page by page', async () => {
    const stats = open()
    await stats.record(Array.from({ length: 5 }, (_, n) => image(n, 100, n / 10)))
    const pages: string[][] = []
    let after: string | undefined
    do {
      const page = await stats.list({ limit: 2, ...(after === undefined ? {} : { after }) })
      pages.push(page.events.map(({ imageId }) => imageId))
      after = page.next
    } while (after !== undefined)
    expect(pages).toEqual([['4', '3'], ['2', '1'], ['0']])
  })

  it('tells of stored events, once each', async () => {
    const stats = open()
    const recorded: RedEvent[] = []
    stats.on('recorded', (event) => recorded.push(event))
    await stats.record([image('a', 1, 0.5), image('a', 1, 0.5), image('b', 1, 0.5)])
    expect(recorded.map(({ imageId }) => imageId)).toEqual(['a', 'b'])
  })

  it('reports a listener that throws and answers all the same', async () => {
    const stats = open()
    const errors: unknown[] = []
    const failure = new Error('listener')
    stats.on('error', (error) => errors.push(error))
    stats.on('recorded', () => {
      throw failure
    })
    expect(await stats.record(image('a', 1, 0.5))).toEqual({ status: 'stored' })
    expect(errors).toEqual([failure])
  })

  it('stores what it accepted when it is closed, then refuses', async () => {
    const memory = memoryStore()
    const stats = open({ store: memory })
    await stats.ready()
    const accepted = stats.record(image('a', 1, 0.5))
    await stats.close()
    expect(await accepted).toEqual({ status: 'stored' })
    await expect(stats.record(image('b', 1, 0.5))).rejects.toMatchObject({ code: 'CLOSED' })
    await expect(stats.count()).rejects.toMatchObject({ code: 'CLOSED' })
    await stats.close()
  })

  it('refuses unknown and wrong options', () => {
    expect(() => open({ stroe: 1 } as never)).toThrow(new TypeError('Unknown option `stroe` of RedStats'))
    expect(() => open({ maxQueuedBytes: 0 })).toThrow(RangeError)
  })
})
