import { execFileSync } from 'node:child_process'
import { describe, expect, test } from 'vitest'
import { bucketOf } from '../../src/profiling/histogram.ts'
import { deferred, record } from './recording.ts'

describe('a synchronous function', () => {
  test('is counted with its time, its result and arguments unchanged', () => {
    const { timeit, pass, line } = record()
    const add = timeit('add', function (this: { base: number }, a: number, b: number) {
      pass(a)
      return this.base + a + b
    })
    expect(add.call({ base: 100 }, 1, 2)).toBe(103)
    expect(add.call({ base: 0 }, 3, 4)).toBe(7)
    expect(line('timeit', 'add')).toMatchObject({
      n: 2,
      outer: 2,
      timed: 2,
      err: 0,
      async: 0,
      sum: 4,
      self: 4,
      min: 1,
      max: 3,
    })
  })

  test('that throws is counted as an error, and the same error goes on', () => {
    const { timeit, pass, line } = record()
    const error = new Error('no')
    const fail = timeit('fail', () => {
      pass(5)
      throw error
    })
    let caught: unknown
    try {
      fail()
    } catch (thrown) {
      caught = thrown
    }
    expect(caught).toBe(error)
    expect(line('timeit', 'fail')).toMatchObject({ n: 1, err: 1, sum: 5, self: 5 })
  })

  test('shares its time with the functions it calls', () => {
    const { timeit, pass, line } = record()
    const inner = timeit('inner', () => pass(3))
    const outer = timeit('outer', () => {
      pass(1)
      inner()
      inner()
      pass(1)
    })
    outer()
    expect(line('timeit', 'outer')).toMatchObject({ sum: 8, self: 2 })
  })

  test('has an edge to each function it calls, with calls and time', () => {
    const { timeit, pass, lines } = record()
    const a = timeit('a', () => pass(1))
    const b = timeit('b', () => {
      pass(2)
      a()
    })
    timeit('root', () => {
      a()
      b()
      b()
    })()
    const edges = Object.fromEntries(
      lines().flatMap((line) => (line.k === 'timeit' ? [[line.fn, line.edges ?? []]] : [])),
    )
    const short = (fn: string) => edges[fn]?.map(([name, , n, ms]) => [name, n, ms])
    expect(short('root')).toEqual([
      ['b', 2, 6],
      ['a', 1, 1],
    ])
    expect(short('b')).toEqual([['a', 2, 2]])
    expect(short('a')).toEqual([])
  })

  test('counts a recursion once in the sum, and every level in the self time', () => {
    const { timeit, pass, line } = record()
    const down: (n: number) => void = timeit('down', (n: number) => {
      pass(1)
      if (n > 0) down(n - 1)
    })
    down(9)
    expect(line('timeit', 'down')).toMatchObject({ n: 10, outer: 1, sum: 10, self: 10, min: 1, max: 10 })
  })

  test('counts a mutual recursion once in each sum, and self times add up to the whole', () => {
    const { timeit, pass, lines } = record()
    const even: (n: number) => void = timeit('even', (n: number) => {
      pass(1)
      if (n > 0) odd(n - 1)
    })
    const odd: (n: number) => void = timeit('odd', (n: number) => {
      pass(2)
      if (n > 0) even(n - 1)
    })
    even(5)
    const times = lines().flatMap((line) => (line.k === 'timeit' ? [line] : []))
    expect(times.map(({ fn, n, outer, sum, self }) => ({ fn, n, outer, sum, self }))).toEqual([
      { fn: 'even', n: 3, outer: 1, sum: 9, self: 3 },
      { fn: 'odd', n: 3, outer: 1, sum: 8, self: 6 },
    ])
  })

  test('is on the books again after a stack overflow', () => {
    const { timeit, pass, line } = record()
    const endless: () => number = timeit('endless', () => endless() + 1)
    expect(endless).toThrow(RangeError)
    const inner = timeit('inner', () => pass(2))
    timeit('after', () => {
      pass(1)
      inner()
    })()
    expect(line('timeit', 'after')).toMatchObject({ n: 1, outer: 1, sum: 3, self: 1 })
  })

  test('has a histogram of its times', () => {
    const { timeit, pass, line } = record()
    const wait = timeit('wait', (ms: number) => pass(ms))
    for (const ms of [1, 1, 8]) wait(ms)
    expect(line('timeit', 'wait').h).toEqual([bucketOf(1), 2, bucketOf(8) - bucketOf(1), 1])
  })
})

describe('a promise', () => {
  test('is measured to its end, the time on the stack apart', async () => {
    const { timeit, pass, line } = record()
    const { promise, resolve } = deferred<string>()
    const load = timeit('load', async () => {
      pass(2)
      return await promise
    })
    const result = load()
    pass(10)
    resolve('done')
    expect(await result).toBe('done')
    expect(line('timeit', 'load')).toMatchObject({ n: 1, async: 1, sum: 12, sync: 2, self: 12, flight: [0, 1] })
  })

  test('that rejects is counted like one that throws, with the same reason', async () => {
    const { timeit, line } = record()
    const reason = { odd: true }
    const fail = timeit('fail', () => Promise.reject(reason))
    await expect(fail()).rejects.toBe(reason)
    expect(line('timeit', 'fail')).toMatchObject({ n: 1, err: 1, async: 1 })
  })

  test('is in flight until it settles', async () => {
    const { timeit, lines } = record()
    const waits = [deferred<void>(), deferred<void>(), deferred<void>()]
    const wait = timeit('wait', (i: number) => waits[i]!.promise)
    const all = [wait(0), wait(1), wait(2)]
    waits[0]!.resolve()
    await all[0]
    const line = lines().find((line) => line.k === 'timeit')
    expect(line).toMatchObject({ n: 3, timed: 1, flight: [2, 3] })
    waits[1]!.resolve()
    waits[2]!.resolve()
    await Promise.all(all)
    const last = lines().findLast((line) => line.k === 'timeit')
    expect(last).toMatchObject({ n: 0, timed: 2, flight: [0, 2] })
  })

  test('that nobody handles is still reported by the process', () => {
    const script = `
      import { createProfiler } from './src/profiling/index.ts'
      const { timeit } = createProfiler({ sink: () => {} })
      process.on('unhandledRejection', (error) => console.log('unhandled', error.message))
      timeit('boom', async () => { throw new Error('boom') })()`
    const output = execFileSync('node', ['--import', 'tsx', '--input-type=module', '-e', script], { encoding: 'utf8' })
    expect(output).toBe('unhandled boom\n')
  })

  test('of a subclass, which may be lazy, and any other thenable are given back untouched', () => {
    const { timeit, pass, line } = record()
    let started = 0
    class Lazy<T> extends Promise<T> {
      // biome-ignore lint/suspicious/noThenProperty: a query builder is such a thing
      override then<A, B>(...args: Parameters<Promise<T>['then']>): Promise<A | B> {
        started++
        return super.then(...args) as Promise<A | B>
      }
    }
    const lazy = new Lazy<void>(() => {})
    const query = {
      // biome-ignore lint/suspicious/noThenProperty: a query builder is such a thing
      get then(): never {
        throw new Error('touched')
      },
    }
    const give = timeit('give', (what: unknown) => {
      pass(4)
      return what
    })
    expect(give(lazy)).toBe(lazy)
    expect(give(query)).toBe(query)
    expect(started).toBe(0)
    expect(line('timeit', 'give')).toMatchObject({ n: 2, async: 0, sum: 8 })
  })

  test('without a timed caller has its time on the stack sampled beyond 1,000 calls, with a caller it is all there', async () => {
    const { timeit, pass, lines } = record()
    const work = timeit('work', () => {
      pass(1)
      return Promise.resolve()
    })
    for (let i = 0; i < 9_000; i++) await work()
    const [line] = lines()
    expect(line).toMatchObject({ n: 9_000, async: 9_000, timed: 9_000, sum: 9_000 })
    expect(Math.abs((line as { sync: number }).sync / 9_000 - 1)).toBeLessThan(0.2)
    timeit('outer', () => {
      for (let i = 0; i < 3_000; i++) void work()
    })()
    await undefined
    const outer = lines().find((line) => line.k === 'timeit' && line.fn === 'outer')
    expect(outer).toMatchObject({ sum: 3_000, self: 0, edges: [['work', expect.any(String), 3_000, 3_000]] })
  })

  test('takes from its caller only the time on the stack, so that its self time is an upper bound', async () => {
    const { timeit, pass, lines } = record()
    const { promise, resolve } = deferred<void>()
    const inner = timeit('inner', async () => {
      pass(1)
      await promise
    })
    const outer = timeit('outer', async () => {
      pass(2)
      await inner()
      pass(4)
    })
    const result = outer()
    pass(10)
    resolve()
    await result
    const outerLine = lines().find((line) => line.k === 'timeit' && line.fn === 'outer')
    expect(outerLine).toMatchObject({ sum: 17, self: 16, sync: 3 })
    expect(outerLine).not.toHaveProperty('exact')
  })
})

describe('options', () => {
  test('slowMs writes a line for a slow call, at most one a second', () => {
    const { timeit, pass, lines } = record()
    const work = timeit({ name: 'work', slowMs: 10 })((ms: number) => pass(ms))
    for (const ms of [9, 10, 11, 12, 2_000, 30]) work(ms)
    const slow = lines().flatMap((line) => (line.k === 'slow' ? [[line.fn, line.ms, line.skipped]] : []))
    expect(slow).toEqual([
      ['work', 10, 0],
      ['work', 2_000, 2],
    ])
  })

  test('sample times one call in so many, and the estimate comes near the whole', () => {
    const { timeit, pass, lines } = record()
    let turn = 0
    const inner = timeit('inner', () => pass(1))
    // a periodic load: a fixed stride of 16 would see the same kind of call every time
    const work = timeit({ name: 'work', sample: 16 })(() => {
      pass(turn++ % 16 === 0 ? 100 : 1)
      inner()
    })
    timeit('root', () => {
      for (let i = 0; i < 160_000; i++) work()
    })()
    const all = lines()
    const named = (fn: string) => all.find((line) => line.k === 'timeit' && line.fn === fn)
    const whole = 10_000 * 100 + 150_000
    expect(named('work')).toMatchObject({ n: 160_000 })
    const work_ = named('work') as Extract<(typeof all)[number], { k: 'timeit' }>
    expect(work_.timed).toBeGreaterThan(9_000)
    expect(work_.timed).toBeLessThan(11_000)
    expect(Math.abs(work_.self / whole - 1)).toBeLessThan(0.1)
    expect(Math.abs(work_.sum / (whole + 160_000) - 1)).toBeLessThan(0.1)
    // a call that is not timed is on the stack: its callee is not taken for the root's
    expect(work_.edges?.[0]?.slice(2)).toEqual([160_000, 160_000])
    const root = named('root') as typeof work_
    expect(root.edges?.map(([fn]) => fn)).toEqual(['work'])
    expect(Math.abs(root.self / root.sum)).toBeLessThan(0.1)
  })

  test("sample: 'auto' times every call at first, then one in 64", () => {
    const { timeit, line } = record()
    const work = timeit({ name: 'work', sample: 'auto' })(() => {})
    for (let i = 0; i < 74_000; i++) work()
    const { n, timed, h } = line('timeit', 'work')
    expect(n).toBe(74_000)
    expect(timed).toBeGreaterThan(10_800)
    expect(timed).toBeLessThan(11_200)
    expect(Math.abs(h[1]! / n - 1)).toBeLessThan(0.1)
  })

  test.each([
    [{ nam: 'x' }, TypeError, 'Expected options among name, slowMs, sample, got `nam`'],
    [{ name: 7 }, TypeError, 'Expected `name` to be a string, got 7'],
    [{ slowMs: -1 }, RangeError, /Expected `slowMs` to be a number from 0 to .*, got -1/],
    [{ slowMs: '5' }, TypeError, /Expected `slowMs` to be a number from 0 to .*, got "5"/],
    [{ sample: 0 }, RangeError, "Expected `sample` to be 'auto' or an integer from 1 to 65536, got 0"],
    [{ sample: 1.5 }, RangeError, /got 1.5/],
  ])('%o is refused', (options, type, message) => {
    const { timeit } = record()
    const make = () => timeit(options as object)
    expect(make).toThrow(type)
    expect(make).toThrow(message)
  })
})
