import fc from 'fast-check'
import fastDeepEqual from 'fast-deep-equal'
import { describe, expect, test } from 'vitest'
import {
  firstDifference,
  type JsonCompareOptions,
  jsonCompare,
  jsonDiff,
  toJsonPatch,
} from '../../src/json-compare/index.ts'
import { applyPatch } from './apply-patch.ts'
import { referenceEqual } from './reference.ts'

const key: fc.Arbitrary<string> = fc.constantFrom(
  'a',
  'b',
  'c',
  '',
  'x/y',
  '~',
  '0',
  '10',
  '__proto__',
  'constructor',
  'toString',
  'valueOf',
)
const harmlessKey: fc.Arbitrary<string> = fc.constantFrom('a', 'b', 'c', 'd', '', 'x/y', '0', '1')
const number = fc.oneof(
  fc.constantFrom(
    0,
    -0,
    1,
    1.00001,
    1.000005,
    1.000004,
    0.999999,
    5e-6,
    -5e-6,
    1e9,
    1e9 + 5e-6,
    2 ** 53,
    1e308,
    -1e308,
  ),
  fc.integer({ min: -3, max: 3 }),
  fc.double(),
)
const jsonNumber = number.filter(Number.isFinite)
const leaf = (numbers: fc.Arbitrary<number>, ...others: unknown[]) =>
  fc.oneof(numbers, fc.boolean(), fc.constantFrom<unknown>('', 'a', '1', null, ...others))

/** Trees of few different parts, so that equal and nearly equal ones are common. */
function tree(leaves: fc.Arbitrary<unknown>, keys: fc.Arbitrary<string>): fc.Arbitrary<unknown> {
  return fc.letrec((tie) => ({
    node: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      leaves,
      fc.array(tie('node'), { maxLength: 4 }),
      fc.array(fc.tuple(keys, tie('node')), { maxLength: 4 }).map((entries) => Object.fromEntries(entries)),
    ),
  })).node
}

/** A pair of trees of which one was made from the other: numbers moved a little, keys turned around, a part exchanged. */
function pair(
  numbers: fc.Arbitrary<number> = number,
  keys: fc.Arbitrary<string> = key,
): fc.Arbitrary<[unknown, unknown]> {
  const any = tree(numbers === jsonNumber ? leaf(numbers) : leaf(numbers, undefined), keys)
  const changed = any.chain((value) => fc.tuple(fc.constant(value), variant(value, any)))
  return fc.oneof({ weight: 4, arbitrary: changed }, { weight: 1, arbitrary: fc.tuple(any, any) })
}

function variant(value: unknown, any: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  const seeds = fc.array(fc.integer({ min: 0, max: 99 }), { minLength: 30, maxLength: 30 })
  return fc.tuple(seeds, any).map(([dice, other]) => {
    let next = 0
    const vary = (part: unknown): unknown => {
      const die = dice[next++ % dice.length]!
      if (die === 99) return other
      if (typeof part === 'number' && die > 50) return part + [1e-7, 4e-6, 5e-6, 6e-6][die % 4]!
      if (Array.isArray(part)) return part.map(vary)
      if (typeof part !== 'object' || part === null) return part
      const entries = Object.entries(part).map(([name, member]) => [name, vary(member)] as const)
      return Object.fromEntries(die % 2 === 0 ? entries : entries.reverse())
    }
    return vary(value)
  })
}

const tolerances: fc.Arbitrary<JsonCompareOptions> = fc.constantFrom(
  {},
  { decimals: 0 },
  { tolerance: 0 },
  { tolerance: 1e-5 },
  { relativeTolerance: 0.5 },
  { tolerance: 0, relativeTolerance: 2 },
)
const patterns = fc.constantFrom(
  '',
  '/a',
  '/a/*',
  '/**/b',
  '/*/a/**',
  '/**/0',
  '/0',
  '/b/**/c',
  '/**',
  '/x~1y',
  '/**/a/*/**',
)
const optionsOfAllKinds: fc.Arbitrary<JsonCompareOptions> = fc
  .tuple(
    tolerances,
    fc.array(
      patterns.filter((p) => p !== '' && p !== '/**'),
      { maxLength: 2 },
    ),
    fc.array(
      fc.record(
        {
          path: patterns,
          decimals: fc.constantFrom(0, 5, 6),
          arrayOrder: fc.constantFrom('strict' as const, 'ignore' as const),
        },
        { requiredKeys: ['path'] },
      ),
      { maxLength: 2 },
    ),
    fc.constantFrom('strict' as const, 'ignore' as const),
  )
  .map(([rules, ignore, overrides, arrayOrder]) => ({ ...rules, ignore, overrides, arrayOrder }))

const runs = { numRuns: 1000 }

describe('for random values', () => {
  test('the answer is that of the reference comparer', () => {
    fc.assert(
      fc.property(pair(), tolerances, ([a, b], options) => {
        expect(jsonCompare(a, b, options)).toBe(referenceEqual(a, b, options))
      }),
      runs,
    )
  })

  test('the answer is that of the reference comparer with path patterns and arrays in any order', () => {
    fc.assert(
      fc.property(pair(), optionsOfAllKinds, ([a, b], options) => {
        expect(jsonCompare(a, b, options)).toBe(referenceEqual(a, b, options))
      }),
      runs,
    )
  })

  test('a value equals itself and its copy, whatever the options', () => {
    fc.assert(
      fc.property(tree(leaf(number), key), optionsOfAllKinds, (a, options) => {
        expect(jsonCompare(a, structuredClone(a), options)).toBe(true)
        expect(jsonDiff(a, structuredClone(a), options)).toEqual([])
      }),
    )
  })

  test('no differences are listed exactly if the values are equal, and the first one is the first of all', () => {
    fc.assert(
      fc.property(pair(), optionsOfAllKinds, ([a, b], options) => {
        const differences = jsonDiff(a, b, options)
        expect(differences.length === 0).toBe(jsonCompare(a, b, options))
        expect(firstDifference(a, b, options)).toEqual(differences[0])
        expect(jsonDiff(a, b, { ...options, maxDifferences: 2 })).toEqual(differences.slice(0, 2))
      }),
      runs,
    )
  })

  test('the order of the arguments does not matter', () => {
    fc.assert(
      fc.property(pair(), optionsOfAllKinds, ([a, b], options) => {
        expect(jsonCompare(b, a, options)).toBe(jsonCompare(a, b, options))
        expect(jsonDiff(b, a, options).length).toBe(jsonDiff(a, b, options).length)
      }),
      runs,
    )
  })

  test('the patch turns a into a value equal to b', () => {
    fc.assert(
      fc.property(pair(jsonNumber), tolerances, ([a, b], options) => {
        const patched = applyPatch(structuredClone(a), toJsonPatch(jsonDiff(a, b, options)))
        expect(jsonCompare(patched, b, options)).toBe(true)
      }),
      runs,
    )
  })

  test('the values are left as they were', () => {
    fc.assert(
      fc.property(pair(), optionsOfAllKinds, ([a, b], options) => {
        const [before, beforeB] = structuredClone([a, b]) as [unknown, unknown]
        jsonDiff(a, b, options)
        jsonCompare(a, b, options)
        expect(a).toEqual(before)
        expect(b).toEqual(beforeB)
      }),
      { numRuns: 300 },
    )
  })

  test('without tolerance the answer is that of fast-deep-equal, where it has no trouble with the keys', () => {
    fc.assert(
      fc.property(pair(number, harmlessKey), ([a, b]) => {
        expect(jsonCompare(a, b, { tolerance: 0 })).toBe(fastDeepEqual(a, b))
        if (fastDeepEqual(a, b)) expect(jsonCompare(a, b)).toBe(true)
      }),
      runs,
    )
  })
})
