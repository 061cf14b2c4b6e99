import { setImmediate } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import type { TimeitLine } from '../../src/profiling/index.ts'
import { deferred, type Recording, record } from './recording.ts'

function times({ lines }: Recording): Record<string, TimeitLine> {
  return Object.fromEntries(lines().flatMap((line) => (line.k === 'timeit' ? [[line.fn, line]] : [])))
}

describe('with asyncEdges', () => {
  test('children that run side by side are taken off once', async () => {
    const recording = record({ asyncEdges: true })
    const { timeit, pass } = recording
    const waits = [deferred<void>(), deferred<void>(), deferred<void>()]
    const child = timeit('child', async (i: number) => {
      pass(2)
      await waits[i]!.promise
    })
    const parent = timeit('parent', async () => {
      pass(10)
      await Promise.all([child(0), child(1), child(2)])
      pass(20)
    })
    const result = parent()
    for (const wait of waits) {
      pass(50)
      wait.resolve()
      await setImmediate()
    }
    await result
    const { parent: line } = times(recording)
    expect(line).toMatchObject({ n: 1, sum: 186, self: 30, exact: true })
    // the children's own times overlap: 152, 200 − 2… their sum is more than the parent's
    expect(line?.edges?.[0]?.[2]).toBe(3)
    expect(line?.edges?.[0]?.[3]).toBeGreaterThan(300)
  })

  test('an edge is found behind an await', async () => {
    const recording = record({ asyncEdges: true })
    const { timeit, pass } = recording
    const child = timeit('child', () => pass(3))
    const parent = timeit('parent', async () => {
      await setImmediate()
      child()
      await setImmediate()
      child()
    })
    await parent()
    const { parent: line } = times(recording)
    expect(line?.edges?.map(([fn, , n, ms]) => [fn, n, ms])).toEqual([['child', 2, 6]])
    expect(line).toMatchObject({ sum: 6, self: 0 })
  })

  test('a recursion is recognised behind an await', async () => {
    const recording = record({ asyncEdges: true })
    const { timeit, pass } = recording
    const down: (n: number) => Promise<void> = timeit('down', async (n: number) => {
      await setImmediate()
      pass(1)
      if (n > 0) await down(n - 1)
    })
    await down(4)
    expect(times(recording)['down']).toMatchObject({ n: 5, outer: 1, sum: 5, self: 5 })
  })

  test('errors, synchronous and asynchronous, are counted and go on', async () => {
    const recording = record({ asyncEdges: true })
    const { timeit, pass } = recording
    const error = new Error('no')
    const sync = timeit('sync', () => {
      pass(1)
      throw error
    })
    const later = timeit('later', async () => {
      await setImmediate()
      throw error
    })
    expect(sync).toThrow(error)
    await expect(later()).rejects.toBe(error)
    expect(times(recording)).toMatchObject({ sync: { n: 1, err: 1, sum: 1 }, later: { n: 1, err: 1 } })
  })

  test('a call that has ended is nobody’s caller, so that timers do not chain', async () => {
    const recording = record({ asyncEdges: true })
    const { timeit } = recording
    const tick: (left: number, done: () => void) => void = timeit('tick', (left: number, done: () => void) => {
      if (left === 0) done()
      else setTimeout(tick, 0, left - 1, done)
    })
    await new Promise<void>((resolve) => tick(3, resolve))
    const { tick: line } = times(recording)
    expect(line).toMatchObject({ n: 4, outer: 4 })
    expect(line).not.toHaveProperty('edges')
  })

  test('a child that outlives its parent is an edge, but no time of the parent', async () => {
    const recording = record({ asyncEdges: true })
    const { timeit, pass } = recording
    const { promise, resolve } = deferred<void>()
    const child = timeit('child', async () => {
      pass(1)
      await promise
    })
    let background: Promise<void> | undefined
    const parent = timeit('parent', () => {
      pass(2)
      background = child()
    })
    parent()
    pass(10)
    resolve()
    await background
    const { parent: line } = times(recording)
    expect(line).toMatchObject({ sum: 3, self: 2 })
    expect(line?.edges).toMatchObject([['child', expect.any(String), 1, 11]])
  })

  test('generators belong to the one who runs them', async () => {
    const recording = record({ asyncEdges: true })
    const { timeit, pass } = recording
    const inner = timeit('inner', async () => {
      await setImmediate()
      pass(1)
    })
    const pages = timeit('pages', async function* () {
      pass(2)
      await inner()
      yield 1
    })
    const outer = timeit('outer', async () => {
      pass(4)
      for await (const _ of pages()) pass(8)
    })
    await outer()
    const { outer: line, pages: page } = times(recording)
    expect(line).toMatchObject({ sum: 15, self: 12 })
    expect(line?.edges?.map(([fn, , n, ms]) => [fn, n, ms])).toEqual([['pages', 1, 3]])
    expect(page).toMatchObject({ sum: 3, self: 2 })
  })

  test('the load is that of the profiler without, where nothing is asynchronous', () => {
    const run = (asyncEdges: boolean): unknown => {
      const recording = record({ asyncEdges })
      const { timeit, pass } = recording
      const fib: (n: number) => number = timeit('fib', (n: number) => {
        pass(1)
        return n < 2 ? n : fib(n - 1) + fib(n - 2)
      })
      const twice = timeit('twice', () => {
        pass(3)
        return fib(5) + fib(6)
      })
      expect(twice()).toBe(13)
      return Object.values(times(recording)).map(({ fn, n, outer, sum, self, min, max, h, edges }) => ({
        fn,
        n,
        outer,
        sum,
        self,
        min,
        max,
        h,
        edges,
      }))
    }
    expect(run(true)).toEqual(run(false))
  })

  test('can be switched on and off', async () => {
    const recording = record()
    const { timeit, configure } = recording
    const work = timeit('work', () => {})
    work()
    configure({ asyncEdges: true })
    work()
    configure({ asyncEdges: false })
    work()
    expect(recording.line('timeit', 'work')).toMatchObject({ n: 3, timed: 3 })
  })
})
