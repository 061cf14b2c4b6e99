import { setImmediate } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { deferred, record } from './recording.ts'

const encoded = (pairs: readonly (readonly [step: number, hits: number, ms: number])[]) => {
  let last = 0
  return pairs.flatMap(([step, hits, ms]) => {
    const difference = step - last
    last = step
    return [difference, hits, ms]
  })
}

describe('cacheProfile', () => {
  test('calls the function every time, and counts what a cache would have saved by its size', () => {
    const { cacheProfile, pass, line } = record()
    let calls = 0
    const square = cacheProfile('square', (x: number) => {
      calls++
      pass(x)
      return x * x
    })
    expect([1, 2, 1, 1, 3, 2].map((x) => square(x))).toEqual([1, 4, 1, 1, 9, 4])
    expect(calls).toBe(6)
    expect(line('cache', 'square')).toMatchObject({
      n: 6,
      err: 0,
      unkeyed: 0,
      sum: 10,
      keys: 3,
      // distance 1: the second 1 after 1; distance 2: 1 after 2; distance 3: 2 after 1 and 3
      near: encoded([
        [0, 1, 1],
        [1, 1, 1],
        [2, 1, 2],
      ]),
      far: [3, 6],
      cold: [3, 6],
      tail: [],
      checked: 3,
      changed: 0,
      dup: [0, 0],
    })
  })

  test('counts by the time to live as well', () => {
    const { cacheProfile, pass, line } = record()
    const load = cacheProfile('load', (_id: number) => pass(1))
    load(1)
    pass(200)
    load(1) // 201 ms old: hits from 300 ms
    pass(5_000)
    load(1) // hits from 10 s
    expect(line('cache', 'load').ttl.slice(0, 12)).toEqual([0, 0, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2])
  })

  test('counts repeats whose result has changed', () => {
    const { cacheProfile, line } = record()
    let version = 1
    const read = cacheProfile('read', (id: number) => ({ id, version: Math.floor(version), at: new Date(5) }))
    for (let i = 0; i < 6; i++) {
      read(i % 2)
      version += 0.25
    }
    expect(line('cache', 'read')).toMatchObject({ checked: 4, changed: 2 })
  })

  test('compares so many results an interval, and none that cannot be compared', () => {
    const { cacheProfile, line } = record()
    const verified = cacheProfile({ name: 'verified', verify: 5 })((x: number) => x)
    const opaque = cacheProfile('opaque', () => () => 1)
    for (let i = 0; i < 100; i++) {
      verified(1)
      opaque()
    }
    expect(line('cache', 'verified')).toMatchObject({ checked: 4, changed: 0 })
    expect(line('cache', 'opaque')).toMatchObject({ checked: 0, changed: 0 })
  })

  test('measures promises to their end, and counts calls made while the same one is in flight', async () => {
    const { cacheProfile, pass, line } = record()
    const waits = [deferred<string>(), deferred<string>(), deferred<string>()]
    let turn = 0
    const load = cacheProfile('load', async (_id: number) => waits[turn++]!.promise)
    const all = [load(7), load(7), load(8)]
    pass(10)
    for (const wait of waits) wait.resolve('x')
    expect(await Promise.all(all)).toEqual(['x', 'x', 'x'])
    waits.push(deferred())
    const last = load(7)
    waits[3]!.resolve('x')
    await last
    expect(line('cache', 'load')).toMatchObject({ n: 4, sum: 30, keys: 2, dup: [1, 10], checked: 2, changed: 0 })
  })

  test('leaves failed calls out: there is nothing to keep', async () => {
    const { cacheProfile, line } = record()
    const error = new Error('no')
    const odd = cacheProfile('odd', (x: number, fail: boolean) => {
      if (fail) throw error
      return x
    })
    const keyed = cacheProfile({ name: 'keyed', key: (x: number) => x })((_x: number, fail: boolean) => {
      if (fail) throw error
    })
    expect(() => odd(1, true)).toThrow(error)
    expect(() => keyed(1, true)).toThrow(error)
    keyed(1, false) // not a hit: the call before failed
    keyed(1, false)
    const later = cacheProfile('later', () => Promise.reject(error))
    await expect(later()).rejects.toBe(error)
    await expect(later()).rejects.toBe(error)
    expect(line('cache', 'odd')).toMatchObject({ n: 1, err: 1, near: [], far: [0, 0] })
    expect(line('cache', 'keyed')).toMatchObject({ n: 3, err: 1, near: [0, 1, 0], far: [1, 0] })
    expect(line('cache', 'later')).toMatchObject({ n: 2, err: 2, near: [], far: [0, 0], dup: [0, 0] })
  })

  test('does not save the time of a recursion twice', () => {
    const { cacheProfile, pass, line } = record()
    const fib: (n: number) => number = cacheProfile('fib', (n: number) => {
      pass(1)
      return n < 2 ? n : fib(n - 1) + fib(n - 2)
    })
    expect(fib(10)).toBe(55)
    const { n, sum, near, far } = line('cache', 'fib')
    expect(n).toBe(177)
    expect(sum).toBe(177)
    const hits = near.filter((_, i) => i % 3 === 1).reduce((a, b) => a + b, 0)
    const saved = near.filter((_, i) => i % 3 === 2).reduce((a, b) => a + b, 0)
    expect([hits, saved, far]).toEqual([166, 166, [11, 11]])
  })

  test('counts instances as a part of the key, unless told otherwise', () => {
    const { cacheProfile, line } = record()
    class Shop {
      @cacheProfile price(id: number): number {
        return id
      }
      @cacheProfile({ ignoreThis: true }) tax(id: number): number {
        return id
      }
      @cacheProfile get size(): number {
        return 1
      }
    }
    for (const shop of [new Shop(), new Shop()]) {
      shop.price(1)
      shop.tax(1)
      shop.size
      shop.size
    }
    expect(line('cache', 'Shop.price').keys).toBe(2)
    expect(line('cache', 'Shop.tax').keys).toBe(1)
    expect(line('cache', 'Shop.get size')).toMatchObject({ n: 4, keys: 2 })
  })

  test('counts calls without a key, and their result is as ever', () => {
    const { cacheProfile, line } = record()
    const size = cacheProfile('size', (text: string) => text.length)
    const bad = cacheProfile({
      name: 'bad',
      key: () => {
        throw new Error('key')
      },
    })((x: number) => x)
    expect([size('x'.repeat(100_000)), size('x'), bad(5)]).toEqual([100_000, 1, 5])
    expect(line('cache', 'size')).toMatchObject({ n: 2, unkeyed: 1, far: [1, 0] })
    expect(line('cache', 'bad')).toMatchObject({ n: 1, unkeyed: 1 })
  })

  test('goes on over flushes: what was used before is known', () => {
    const { cacheProfile, lines } = record()
    const get = cacheProfile('get', (x: number) => x)
    get(1)
    lines()
    get(1)
    const found = lines().flatMap((line) => (line.k === 'cache' ? [line] : []))
    expect(found.map(({ keys, near }) => ({ keys, near }))).toEqual([
      { keys: 1, near: [] },
      { keys: 0, near: [0, 1, 0] },
    ])
  })

  test('keeps unhandled rejections as they were', async () => {
    const { cacheProfile } = record()
    const seen: unknown[] = []
    const note = (reason: unknown) => seen.push(reason)
    const others = process.listeners('unhandledRejection')
    process.removeAllListeners('unhandledRejection')
    process.on('unhandledRejection', note)
    try {
      const error = new Error('nobody')
      void cacheProfile(() => Promise.reject(error))()
      await setImmediate()
      expect(seen).toEqual([error])
    } finally {
      process.off('unhandledRejection', note)
      for (const other of others) process.on('unhandledRejection', other)
    }
  })

  test('refuses wrong options', () => {
    const { cacheProfile } = record()
    expect(() => cacheProfile({ verify: -1 })).toThrow('Expected `verify` to be an integer from 0 to 1000000, got -1')
    expect(() => cacheProfile({ key: 'id' as never })).toThrow('Expected `key` to be a function, got "id"')
    expect(() => cacheProfile({ ttl: 5 } as object)).toThrow(
      'Expected options among name, key, ignoreThis, verify, got `ttl`',
    )
  })
})
