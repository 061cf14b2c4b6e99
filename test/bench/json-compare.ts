import { existsSync } from 'node:fs'
import { isDeepStrictEqual } from 'node:util'
import { dequal } from 'dequal'
import fastDeepEqual from 'fast-deep-equal'
import { createCustomEqual, deepEqual as fastEquals } from 'fast-equals'
import { create } from 'jsondiffpatch'
import lodash from 'lodash'
import microdiff from 'microdiff'
import { behaviour } from './json-compare/behaviour.ts'
import {
  apiObject,
  clone,
  dictionary,
  doubles,
  mixedObjects,
  nestedDocument,
  withKeysReversed,
  withNoise,
} from './json-compare/data.ts'
import { median, table } from './measure.ts'

type Compare = (a: unknown, b: unknown) => boolean

interface DataSet {
  /** Peers for which one call takes half a minute. */
  readonly without?: readonly string[]
  readonly a: unknown
  readonly b: unknown
  readonly must?: number
  readonly goal?: number
}

const tolerance = 5e-6
const numbersAreClose = (a: number, b: number): boolean =>
  a === b || Math.abs(a - b) <= tolerance || (Number.isNaN(a) && Number.isNaN(b))

/** Speed against fast-deep-equal, of the built package: its time divided by ours, so that more is faster. */
export default async function bench(): Promise<string> {
  const built = new URL('../../dist/json-compare/index.js', import.meta.url)
  if (!existsSync(built)) throw new Error('The package is not built: run `npm run build` first')
  const { jsonCompare, jsonDiff } = await import(built.href)
  const exact: Record<string, Compare> = {
    'fast-deep-equal': fastDeepEqual,
    dequal,
    'fast-equals': fastEquals,
    'lodash isEqual': lodash.isEqual,
    'node isDeepStrictEqual': isDeepStrictEqual,
    microdiff: (a, b) => microdiff(a, b).length === 0,
    jsondiffpatch: (a, b) => differ.diff(a, b) === undefined,
  }
  const differ = create()
  const tolerant: Record<string, Compare> = {
    '**jsonCompare**': jsonCompare,
    '**jsonDiff**': (a, b) => jsonDiff(a, b).length === 0,
    [lodashName]: (a, b) =>
      lodash.isEqualWith(a, b, (x: unknown, y: unknown) =>
        typeof x === 'number' && typeof y === 'number' ? numbersAreClose(x, y) : undefined,
      ),
    [fastEqualsName]: createCustomEqual({
      createCustomConfig: () => ({ areNumbersEqual: numbersAreClose }),
    }),
  }
  const sets = dataSets()
  warmUp(sets, exact, tolerant)

  const equal = ratios(sets.equal, { ...tolerant, ...exact }, 'fast-deep-equal')
  const noisy = ratios(sets.noisy, tolerant, fastEqualsName)
  const { microdiff: _, jsondiffpatch: __, ...untilFirst } = exact // those that stop at the first difference
  const unequal = ratios(sets.unequal, { ...tolerant, ...untilFirst }, 'fast-deep-equal')
  return [
    'Processor time of fast-deep-equal divided by that of the row: 2 is twice as fast. Equal values; ours compare to 5 decimals.',
    ratioTable(sets.equal, equal),
    'What is asked of `jsonCompare` (`must`, and `goal` to aim at), of `jsonDiff` (1), and against what is used for a tolerance today:',
    verdicts(sets.equal, equal),
    `Equal to 5 decimals only, every fraction moved by up to 1e-7. Processor time of ${fastEqualsName} divided by that of the row.`,
    ratioTable(sets.noisy, noisy),
    'Unequal values, without a claim: fast-deep-equal walks arrays from their end, jsonCompare from their beginning.',
    ratioTable(sets.unequal, unequal),
    'What each answers:',
    behaviour({ jsonCompare, ...exact }),
  ].join('\n\n')
}

const lodashName = 'lodash isEqualWith, tolerance'
const fastEqualsName = 'fast-equals, tolerance'

type Sets = Record<string, DataSet>
type Ratios = Record<string, Record<string, number>>

function dataSets(): { equal: Sets; noisy: Sets; unequal: Sets } {
  const [small, mixed, large, numbers, ids] = [apiObject(), mixedObjects(), nestedDocument(), doubles(), dictionary()]
  const equal = (a: unknown, must: number, goal: number, b: unknown = clone(a)): DataSet => ({
    a,
    b,
    must,
    goal,
  })
  const noisy = (a: unknown): DataSet => ({ a, b: withNoise(a) })
  const unequal = (change: (items: { id: number }[]) => void): DataSet => {
    const b = clone(large) as { items: { id: number }[] }
    change(b.items)
    return { a: large, b }
  }
  return {
    equal: {
      'small object': equal(small, 1.4, 1.7),
      '200 mixed objects': equal(mixed, 1.4, 1.7),
      '1 MB nested': equal(large, 1.15, 1.4),
      '1 MB, keys reversed': equal(large, 1, 1.25, withKeysReversed(large)),
      '100,000 doubles': { ...equal(numbers, 1.8, 2.2), without: ['jsondiffpatch'] },
      'dictionary of 1,500': equal(ids, 3.5, 4.6),
    },
    noisy: {
      'small object': noisy(small),
      '200 mixed objects': noisy(mixed),
      '1 MB nested': noisy(large),
      '100,000 doubles': noisy(numbers),
      'dictionary of 1,500': noisy(ids),
    },
    unequal: {
      '1 MB, first item': unequal((items) => {
        items[0]!.id = -1
      }),
      '1 MB, last item': unequal((items) => {
        items.at(-1)!.id = -1
      }),
    },
  }
}

/**
 * Every function meets every kind of value first, so that none is measured as if it knew one shape only; and must be right.
 * The exact ones are spared the noise, since jsondiffpatch runs out of memory where 100,000 items in a row differ.
 */
function warmUp(
  { equal, noisy, unequal }: ReturnType<typeof dataSets>,
  exact: Record<string, Compare>,
  tolerant: Record<string, Compare>,
): void {
  const check = (compares: Record<string, Compare>, sets: Sets, expected: boolean): void => {
    for (const [peer, compare] of Object.entries(compares)) {
      for (const [name, { a, b, without = [] }] of Object.entries(sets)) {
        if (!without.includes(peer) && compare(a, b) !== expected)
          throw new Error(`${peer} gives a wrong answer for ${name}`)
      }
    }
  }
  check({ ...exact, ...tolerant }, equal, true)
  check(tolerant, noisy, true)
  check({ ...exact, ...tolerant }, unequal, false)
}

/**
 * The median processor time of the base divided by that of each. Base and other run in turn, round after round, and each
 * has a base of its own: run all in one round, whoever comes after jsondiffpatch would pay for its garbage.
 */
function ratios(sets: Sets, compares: Record<string, Compare>, base: string): Ratios {
  const result: Ratios = {}
  for (const [name, { a, b, without = [] }] of Object.entries(sets)) {
    const peers = Object.entries(compares).filter(([peer]) => !without.includes(peer))
    result[name] = Object.fromEntries(peers.map(([peer, compare]) => [peer, ratio(compares[base]!, compare, a, b)]))
  }
  return result
}

function ratio(base: Compare, other: Compare, a: unknown, b: unknown): number {
  const [first, second] = [base, other].map((compare) => ({
    count: repetitions(compare, a, b),
    times: [] as number[],
    time(): void {
      this.times.push(processorTime(compare, a, b, this.count) / this.count)
    },
  }))
  for (let round = 0; round < 31; round++) {
    first!.time()
    second!.time()
  }
  return median(first!.times) / median(second!.times)
}

/** Milliseconds on a processor, in which other programs of the machine do not count; the garbage collector does. */
function processorTime(compare: Compare, a: unknown, b: unknown, count: number): number {
  const start = process.cpuUsage()
  for (let i = 0; i < count; i++) compare(a, b)
  const { user, system } = process.cpuUsage(start)
  return (user + system) / 1000
}

/** How many calls take about 10 ms. */
function repetitions(compare: Compare, a: unknown, b: unknown): number {
  for (let count = 1; ; count *= 2) {
    const time = processorTime(compare, a, b, count)
    if (time > 2) return Math.max(1, Math.round((count * 10) / time))
  }
}

function ratioTable(sets: Sets, result: Ratios): string {
  const names = Object.keys(sets)
  const peers = Object.keys(result[names[0]!]!)
  return table(
    ['', ...names],
    peers.map((peer) => [peer, ...names.map((name) => rounded(result[name]![peer]))]),
  )
}

function verdicts(sets: Sets, result: Ratios): string {
  const rows = Object.entries(sets).map(([name, { must = 0, goal = 0 }]) => {
    const of = (peer: string): number => result[name]![peer]!
    const compare = of('**jsonCompare**')
    const today = Math.max(of(lodashName), of(fastEqualsName))
    return [
      name,
      rounded(compare),
      `${must}: ${met(compare >= must)}`,
      `${goal}: ${met(compare >= goal)}`,
      `${rounded(of('**jsonDiff**'))}: ${met(of('**jsonDiff**') >= 1)}`,
      `${rounded(compare / of(lodashName))} and ${rounded(compare / of(fastEqualsName))}: ${met(compare >= today)}`,
    ]
  })
  return table(
    ['equal values', 'jsonCompare', 'must', 'goal', 'jsonDiff', 'against isEqualWith and fast-equals with a tolerance'],
    rows,
  )
}

const met = (is: boolean): string => (is ? 'met' : '**not met**')
const rounded = (value: number | undefined): string =>
  value === undefined ? '–' : value >= 100 ? value.toFixed(0) : value >= 0.1 ? value.toFixed(2) : value.toPrecision(1)
