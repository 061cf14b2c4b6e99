import { describe, expect, it } from 'vitest'
import { memoryStore } from '../../../src/red-stats/index.ts'

const image = (n: number) => ({ imageId: `i${n}`, timestamp: n, clientId: `c${n % 3}`, red: (n % 100) / 100 })

describe('memoryStore', () => {
  it('forgets expired events and their ids, a chunk at a time', async () => {
    const store = memoryStore({ now: () => 1 })
    await store.append(Array.from({ length: 200_000 }, (_, n) => image(n)))
    await store.expire?.(150_000)
    expect(await store.count({ from: 150_000, red: 0.5 })).toEqual({ total: 50_000, above: 24_500 })
    expect(await store.append([image(10), image(199_999), { ...image(199_998), red: 1 }])).toEqual([
      { status: 'stored' },
      { status: 'duplicate', storedAt: 1 },
      { status: 'conflict' },
    ])
    expect((await store.list({ limit: 3, clientId: 'c1' })).map(({ timestamp }) => timestamp)).toEqual([
      199_999, 199_996, 199_993,
    ])
  })

  it('refuses unknown options', () => {
    expect(() => memoryStore({ nwo: Date.now } as never)).toThrow(new TypeError('Unknown option `nwo` of memoryStore'))
  })
})
