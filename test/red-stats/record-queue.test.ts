import { describe, expect, it } from 'vitest'
import type { RedEvent } from '../../src/red-stats/index.ts'
import { createRecordQueue } from '../../src/red-stats/record-queue.ts'

function event(imageId: string): RedEvent {
  return { imageId, timestamp: 0, clientId: 'c', red: 0 }
}

/** A flush that ends when it is told to. */
function heldFlush(): {
  batches: string[][]
  flush: (events: readonly RedEvent[]) => Promise<string[]>
  release: (error?: Error) => void
} {
  const batches: string[][] = []
  let settle: ((error?: Error) => void) | undefined
  return {
    batches,
    flush: (events) => {
      const ids = events.map(({ imageId }) => imageId)
      batches.push(ids)
      return new Promise((resolve, reject) => {
        settle = (error) => (error === undefined ? resolve(ids) : reject(error))
      })
    },
    release: (error) => settle!(error),
  }
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
const wide = { maxQueuedBytes: 2 ** 20, whenFull: 'wait' } as const

describe('the record queue', () => {
  it('flushes a lone event at once', async () => {
    const queue = createRecordQueue({ flush: async (events) => events.map(({ imageId }) => imageId), ...wide })
    expect(await queue.push([event('a')])).toEqual(['a'])
  })

  it('makes one batch of what comes in one tick and of what comes during a flush', async () => {
    const { batches, flush, release } = heldFlush()
    const queue = createRecordQueue({ flush, ...wide })
    const first = [queue.push([event('a')]), queue.push([event('b'), event('c')])]
    await turn()
    const second = [queue.push([event('d')]), queue.push([event('e')])]
    await turn()
    expect(batches).toEqual([['a', 'b', 'c']])
    release()
    expect(await Promise.all(first)).toEqual([['a'], ['b', 'c']])
    await turn()
    release()
    expect(await Promise.all(second)).toEqual([['d'], ['e']])
    expect(batches).toEqual([
      ['a', 'b', 'c'],
      ['d', 'e'],
    ])
  })

  it('keeps a batch at 8,192 events, and gives a larger call all its results', async () => {
    const sizes: number[] = []
    const queue = createRecordQueue({
      flush: async (events) => {
        sizes.push(events.length)
        return events.map(() => 0)
      },
      maxQueuedBytes: 2 ** 30,
      whenFull: 'wait',
    })
    const many = (count: number) => Array.from({ length: count }, (_, index) => event(String(index)))
    const calls = [6000, 2000, 20_000, 1].map((count) => queue.push(many(count)))
    expect((await Promise.all(calls)).map(({ length }) => length)).toEqual([6000, 2000, 20_000, 1])
    expect(sizes).toEqual([8000, 8192, 8192, 3617])
  })

  it('rejects the batch that failed and goes on with the next', async () => {
    const { flush, release } = heldFlush()
    const queue = createRecordQueue({ flush, ...wide })
    const failed = Promise.allSettled([queue.push([event('a')]), queue.push([event('b')])])
    await turn()
    const next = queue.push([event('c')])
    const reason = new Error('disk full')
    release(reason)
    expect(await failed).toEqual([
      { status: 'rejected', reason },
      { status: 'rejected', reason },
    ])
    await turn()
    release()
    expect(await next).toEqual(['c'])
  })

  it('rejects with BUSY when it is full and told so', async () => {
    const { flush, release } = heldFlush()
    const queue = createRecordQueue({ flush, maxQueuedBytes: 150, whenFull: 'reject' })
    const first = queue.push([event('a')])
    await expect(queue.push([event('b')])).rejects.toMatchObject({ code: 'BUSY', retryable: true, outcome: 'none' })
    await turn()
    release()
    expect(await first).toEqual(['a'])
    const third = queue.push([event('c')])
    await turn()
    release()
    expect(await third).toEqual(['c'])
  })

  it('waits for room when it is full, in the order of arrival', async () => {
    const { batches, flush, release } = heldFlush()
    const queue = createRecordQueue({ flush, maxQueuedBytes: 150, whenFull: 'wait' })
    const pushed = ['a', 'b', 'c'].map((id) => queue.push([event(id)]))
    for (let round = 0; round < 3; round++) {
      await turn()
      release()
      await pushed[round]
    }
    expect(batches).toEqual([['a'], ['b'], ['c']])
  })

  it('takes one call that is larger than the room when nothing else waits', async () => {
    const queue = createRecordQueue({
      flush: async (events) => events.map(({ imageId }) => imageId),
      maxQueuedBytes: 1,
      whenFull: 'reject',
    })
    expect(await queue.push([event('a'), event('b')])).toEqual(['a', 'b'])
  })

  it('stores what it accepted before it is closed and refuses what waits for room or comes later', async () => {
    const { batches, flush, release } = heldFlush()
    const queue = createRecordQueue({ flush, maxQueuedBytes: 150, whenFull: 'wait' })
    const accepted = queue.push([event('a')])
    const waiting = queue.push([event('b')])
    await turn()
    const closed = queue.close()
    await expect(waiting).rejects.toMatchObject({ code: 'CLOSED' })
    await expect(queue.push([event('c')])).rejects.toMatchObject({ code: 'CLOSED' })
    release()
    expect(await accepted).toEqual(['a'])
    await closed
    expect(batches).toEqual([['a']])
  })
})
