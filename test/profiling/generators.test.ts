import { describe, expect, test } from 'vitest'
import { deferred, record } from './recording.ts'

describe('a generator', () => {
  test('counts when it has ended, with the time inside only', () => {
    const { timeit, pass, lines } = record()
    const steps = timeit('steps', function* (count: number) {
      for (let i = 0; i < count; i++) {
        pass(2)
        yield i
      }
      return 'end'
    })
    const seen: number[] = []
    for (const i of steps(3)) {
      seen.push(i)
      pass(100) // outside
    }
    expect(seen).toEqual([0, 1, 2])
    expect(lines()).toMatchObject([{ k: 'timeit', fn: 'steps', n: 1, sum: 6, self: 6, async: 0, flight: [0, 1] }, {}])
  })

  test('that is left early counts as well', () => {
    const { timeit, pass, line } = record()
    const endless = timeit('endless', function* () {
      try {
        for (;;) {
          pass(1)
          yield 1
        }
      } finally {
        pass(10)
      }
    })
    for (const _ of endless()) break
    expect(line('timeit', 'endless')).toMatchObject({ n: 1, err: 0, sum: 11 })
  })

  test('that throws counts as an error', () => {
    const { timeit, line } = record()
    const fail = timeit('fail', function* () {
      yield 1
      throw new Error('no')
    })
    expect(() => [...fail()]).toThrow('no')
    expect(line('timeit', 'fail')).toMatchObject({ n: 1, err: 1 })
  })

  test('stays what it is, and passes values, returns and errors in and out', () => {
    const { timeit } = record()
    const original = function* (first: number): Generator<number, string, number> {
      let sum = first
      try {
        for (;;) sum += yield sum
      } catch {
        return `caught at ${sum}`
      }
    }
    const sums = timeit('sums', original)
    const generator = sums(1)
    expect(generator).toBeInstanceOf(original)
    expect(generator.next(0)).toEqual({ value: 1, done: false })
    expect(generator.next(5)).toEqual({ value: 6, done: false })
    expect(generator.throw(new Error('x'))).toEqual({ value: 'caught at 6', done: true })
    expect(generator.next(0)).toEqual({ value: undefined, done: true })
    expect(Object.keys(generator)).toEqual([])
  })

  test('gives its time to the one who runs it, and takes that of those it calls', () => {
    const { timeit, pass, lines } = record()
    const inner = timeit('inner', () => pass(1))
    const steps = timeit('steps', function* () {
      pass(2)
      inner()
      yield 1
      inner()
      yield 2
    })
    timeit('outer', () => {
      pass(5)
      for (const _ of steps()) pass(7)
    })()
    const found = lines().flatMap((line) => (line.k === 'timeit' ? [line] : []))
    expect(found.find(({ fn }) => fn === 'outer')).toMatchObject({ sum: 23, self: 19 })
    expect(found.find(({ fn }) => fn === 'outer')?.edges).toMatchObject([['steps', expect.any(String), 1, 4]])
    expect(found.find(({ fn }) => fn === 'steps')).toMatchObject({ n: 1, sum: 4, self: 2 })
  })
})

describe('an asynchronous generator', () => {
  test('counts the time from each request to its answer', async () => {
    const { timeit, pass, line } = record()
    const { promise, resolve } = deferred<void>()
    const pages = timeit('pages', async function* () {
      pass(1)
      await promise
      yield 'one'
      pass(2)
      yield 'two'
    })
    const seen: string[] = []
    const reading = (async () => {
      for await (const page of pages()) {
        seen.push(page)
        pass(100)
      }
    })()
    pass(10)
    resolve()
    await reading
    expect(seen).toEqual(['one', 'two'])
    expect(line('timeit', 'pages')).toMatchObject({ n: 1, async: 1, err: 0, sum: 13 })
  })

  test('counts requests made at the same time once', async () => {
    const { timeit, pass, line } = record()
    const { promise, resolve } = deferred<void>()
    const pages = timeit('pages', async function* () {
      await promise
      yield 1
      yield 2
    })
    const generator = pages()
    const all = [generator.next(), generator.next(), generator.next()]
    pass(10)
    resolve()
    expect(await Promise.all(all)).toEqual([
      { value: 1, done: false },
      { value: 2, done: false },
      { value: undefined, done: true },
    ])
    expect(line('timeit', 'pages')).toMatchObject({ n: 1, sum: 10 })
  })

  test('that fails rejects and counts as an error', async () => {
    const { timeit, line } = record()
    const fail = timeit('fail', async function* () {
      yield 1
      throw new Error('no')
    })
    const generator = fail()
    await generator.next()
    await expect(generator.next()).rejects.toThrow('no')
    expect(line('timeit', 'fail')).toMatchObject({ n: 1, err: 1 })
  })
})
