import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { distributionOf, seriesOf } from '../../../../src/red-stats/stores/red-index/answers.ts'
import { levelCount, levelOf } from '../../../../src/red-stats/stores/red-index/levels.ts'
import { createRedIndex, type RedIndexView } from '../../../../src/red-stats/stores/red-index/red-index.ts'
import { sortPairs } from '../../../../src/red-stats/stores/red-index/sort-pairs.ts'

interface Point {
  readonly timestamp: number
  readonly red: number
}

/** The twin of the index: a filter over an array. */
function plain(points: readonly Point[]): RedIndexView {
  return {
    count: (from, to, red) => {
      const within = points.filter(({ timestamp }) => timestamp >= from && timestamp < to)
      return {
        total: within.length,
        above: red === undefined ? null : within.filter((point) => point.red > red).length,
      }
    },
  }
}

function expectSameAnswers(
  index: RedIndexView,
  points: readonly Point[],
  queries: readonly [number, number, number][],
) {
  const twin = plain(points)
  for (const [from, to, red] of queries) {
    expect(index.count(from, to, red)).toEqual(twin.count(from, to, red))
    expect(index.count(from, to, undefined)).toEqual(twin.count(from, to, undefined))
  }
}

/** Pseudo-random numbers from 0 to 1 by a fixed recipe. */
function numbers(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

const someRed = fc.oneof(
  fc.double({ min: 0, max: 1, noNaN: true }),
  fc.constantFrom(0, 1, 0.5, 0.85),
  fc.integer({ min: 0, max: 1023 }).map((level) => level / 1023),
)

describe('levels', () => {
  it('grow with red and stay in their range', () => {
    fc.assert(
      fc.property(someRed, someRed, (a, b) => {
        const [lower, higher] = [Math.min(a, b), Math.max(a, b)]
        expect(levelOf(lower)).toBeLessThanOrEqual(levelOf(higher))
        expect(levelOf(lower)).toBeGreaterThanOrEqual(0)
        expect(levelOf(higher)).toBeLessThan(levelCount)
      }),
    )
  })
})

describe('sortPairs', () => {
  it('sorts keys and moves the values along', () => {
    fc.assert(
      fc.property(fc.array(someRed, { maxLength: 300 }), (reds) => {
        const keys = Float64Array.from(reds)
        const values = Uint32Array.from(reds.keys())
        sortPairs(keys, values, 0, keys.length)
        expect([...keys]).toEqual([...reds].sort((a, b) => a - b))
        expect([...values].map((index) => reds[index])).toEqual([...keys])
        expect(new Set(values).size).toBe(reds.length)
      }),
    )
  })

  it('sorts thousands that are equal, ascending or descending', () => {
    for (const keyOf of [() => 0.5, (n: number) => n, (n: number) => -n, (n: number) => n % 2]) {
      const keys = Float64Array.from({ length: 5000 }, (_, n) => keyOf(n))
      const sorted = keys.slice().sort()
      sortPairs(keys, Uint32Array.from(keys.keys()), 0, keys.length)
      expect(keys).toEqual(sorted)
    }
  })
})

describe('the red index', () => {
  it('agrees with a plain array, whatever the order of time', () => {
    const point = fc.record({ timestamp: fc.integer({ min: 0, max: 50 }), red: someRed })
    const query = fc.tuple(fc.integer({ min: 0, max: 51 }), fc.integer({ min: 0, max: 51 }), someRed)
    fc.assert(
      fc.property(
        fc.array(point, { maxLength: 60 }),
        fc.array(query, { minLength: 1, maxLength: 5 }),
        (points, queries) => {
          const index = createRedIndex()
          for (const { timestamp, red } of points) index.add(timestamp, red)
          expectSameAnswers(index, points, queries)
        },
      ),
    )
  })

  it.each([
    ['in the order of time', (n: number) => n],
    ['a little late', (n: number, random: number) => n - Math.floor(random * 3000)],
    ['in no order', (_: number, random: number) => Math.floor(random * 100_000)],
    ['all at one time', () => 5],
  ])('agrees with a plain array over segments and merges, events coming %s', async (_, timeOf) => {
    const random = numbers(7)
    const index = createRedIndex()
    const points: Point[] = []
    for (let n = 0; n < 100_000; n++) {
      const red = n % 3 === 0 ? 0 : n % 3 === 1 ? Math.floor(random() * 11) / 10 : random()
      const point = { timestamp: Math.max(0, timeOf(n, random())), red }
      points.push(point)
      index.add(point.timestamp, point.red)
      if (n % 20_000 === 0) await new Promise(setImmediate)
    }
    const queries = Array.from({ length: 12 }, (): [number, number, number] => {
      const [a, b] = [random() * 100_000, random() * 100_000]
      return [Math.min(a, b), Math.max(a, b), Math.floor(random() * 21) / 20]
    })
    expectSameAnswers(index, points, [...queries, [0, 200_000, 0], [0, 200_000, 1]])
    for (let turn = 0; turn < 300; turn++) await new Promise(setImmediate) // merges go on in turns; the answers stay
    expectSameAnswers(index, points, queries)
    expect(index.size).toBe(points.length)
  })

  it('loads columns in the order of time beside what was added', async () => {
    const index = createRedIndex()
    index.add(10, 0.9)
    await index.load(Float64Array.of(1, 2, 10), Float64Array.of(0.1, 0.95, 0.2))
    expect(index.count(2, 11, 0.5)).toEqual({ total: 3, above: 2 })
    expect(index.size).toBe(4)
  })

  it('takes at most 24 bytes an event', async () => {
    const size = 1_000_000
    const index = createRedIndex()
    const random = numbers(1)
    await index.load(
      Float64Array.from({ length: size }, (_, n) => n),
      Float64Array.from({ length: size }, random),
    )
    expect(index.bytes / size).toBeLessThan(24)
  })

  it('keeps a snapshot as it was', () => {
    const index = createRedIndex()
    for (let n = 0; n < 9000; n++) index.add(n, 0.5)
    const snapshot = index.snapshot()
    for (let n = 0; n < 9000; n++) index.add(n, 0.9)
    expect(snapshot.count(0, 9000, 0.6)).toEqual({ total: 9000, above: 0 })
    expect(index.count(0, 9000, 0.6)).toEqual({ total: 18_000, above: 9000 })
  })

  it('drops segments that are wholly older', async () => {
    const index = createRedIndex()
    await index.load(Float64Array.of(1, 2, 3), Float64Array.of(0, 0, 0))
    await index.load(Float64Array.of(3, 4), Float64Array.of(0, 0))
    index.dropBefore(4)
    expect(index.size).toBe(2)
    expect(index.count(4, 5, undefined)).toEqual({ total: 1, above: null })
  })
})

describe('answers from an index', () => {
  it('are those of a plain array, for any steps and bins', async () => {
    const point = fc.record({ timestamp: fc.integer({ min: 0, max: 50 }), red: someRed })
    await fc.assert(
      fc.asyncProperty(
        fc.array(point, { maxLength: 60 }),
        fc.integer({ min: 1, max: 60 }),
        fc.integer({ min: 1, max: 1000 }),
        async (points, stepMs, bins) => {
          const index = createRedIndex()
          for (const { timestamp, red } of points) index.add(timestamp, red)
          const query = { from: 3, to: 47, stepMs, red: 0.5 }
          expect(await seriesOf(index, query)).toEqual(await seriesOf(plain(points), query))
          const expected = new Array<number>(bins).fill(0)
          for (const { red } of points) expected[Math.min(bins - 1, Math.floor(red * bins))]!++
          expect(await distributionOf(index, { bins })).toEqual(expected)
        },
      ),
      { numRuns: 50 },
    )
  })

  it('stop when the signal is aborted', async () => {
    const index = createRedIndex()
    const reason = new Error('enough')
    const signal = AbortSignal.abort(reason)
    await expect(seriesOf(index, { from: 0, to: 10, stepMs: 1, signal })).rejects.toBe(reason)
    await expect(distributionOf(index, { bins: 3, signal })).rejects.toBe(reason)
  })
})
