import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type JsonCompareOptions, jsonCompare, jsonDiff } from '../../src/json-compare/index.ts'
import { referenceEqual, somePermutation } from './reference.ts'

const anyOrder: JsonCompareOptions = { arrayOrder: 'ignore' }

describe('arrays in any order', () => {
  test('are equal if their items can be paired off', () => {
    expect(jsonCompare([1, 'a', { x: [1, 2] }, null], [null, { x: [2, 1] }, 1, 'a'], anyOrder)).toBe(true)
    expect(jsonCompare([1, 1, 2], [1, 2, 2], anyOrder)).toBe(false)
    expect(jsonCompare([1, 1], [1], anyOrder)).toBe(false)
    expect(jsonCompare(['1'], [1], anyOrder)).toBe(false)
    expect(jsonCompare([null], [undefined], anyOrder)).toBe(false)
    expect(jsonCompare([1n, 2n], [2n, 1n], anyOrder)).toBe(true)
    expect(jsonCompare([Number.NaN, Infinity, -0], [0, Number.NaN, Infinity], anyOrder)).toBe(true)
    expect(jsonCompare([[], {}], [{}, []], anyOrder)).toBe(true)
    expect(jsonCompare([new Date(1), new Date(2)], [new Date(2), new Date(1)], anyOrder)).toBe(true)
    expect(jsonCompare([Symbol.iterator, test], [test, Symbol.iterator], anyOrder)).toBe(true)
  })

  test('are paired as a whole: the nearest partner is not always the right one', () => {
    expect(jsonCompare([0, 4e-6], [4e-6, 8e-6], anyOrder)).toBe(true)
    expect(jsonCompare([{ v: 4e-6 }, { v: 0 }], [{ v: 4e-6 }, { v: 8e-6 }], anyOrder)).toBe(true)
    expect(jsonCompare([{ v: 4e-6 }, { v: 0 }], [{ v: 4e-6 }, { v: 9.9e-6 }], anyOrder)).toBe(false)
  })

  test('differ in items removed and added, never changed', () => {
    expect(jsonDiff([1, { a: 1 }, 'x', 'x'], ['x', { a: 2 }, 1, 'y'], anyOrder)).toEqual([
      { kind: 'removed', path: '/1', a: { a: 1 } },
      { kind: 'removed', path: '/3', a: 'x' },
      { kind: 'added', path: '/1', b: { a: 2 } },
      { kind: 'added', path: '/3', b: 'y' },
    ])
  })

  test('may be asked for at some places only', () => {
    const tags = { overrides: [{ path: '/*/tags', arrayOrder: 'ignore' as const }] }
    expect(jsonCompare([{ tags: [1, 2] }], [{ tags: [2, 1] }], tags)).toBe(true)
    expect(jsonCompare([{ list: [1, 2] }], [{ list: [2, 1] }], tags)).toBe(false)
    const notThere = { arrayOrder: 'ignore' as const, overrides: [{ path: '/steps', arrayOrder: 'strict' as const }] }
    expect(jsonCompare({ steps: [1, 2], other: [1, 2] }, { steps: [1, 2], other: [2, 1] }, notThere)).toBe(true)
    expect(jsonCompare({ steps: [1, 2] }, { steps: [2, 1] }, notThere)).toBe(false)
  })

  test('have items without an index: only wildcards of patterns match them', () => {
    const [a, b] = [
      [
        { id: 1, at: 1 },
        { id: 2, at: 2 },
      ],
      [
        { id: 2, at: 8 },
        { id: 1, at: 9 },
      ],
    ]
    expect(jsonCompare(a, b, { ...anyOrder, ignore: ['/*/at'] })).toBe(true)
    expect(jsonCompare(a, b, { ...anyOrder, ignore: ['/0/at', '/1/at'] })).toBe(false)
    expect(jsonCompare([1, 2], [3], { ...anyOrder, ignore: ['/*'] })).toBe(true)
    expect(jsonDiff([1, 2], [3], { ...anyOrder, ignore: ['/*'] })).toEqual([])
  })

  test('ask numbersEqual about every pair that may be one', () => {
    const sameSign = { ...anyOrder, numbersEqual: (a: number, b: number) => Math.sign(a) === Math.sign(b) }
    expect(jsonCompare([1, -5, 7], [-1, 2, 3], sameSign)).toBe(true)
    expect(jsonCompare([1, -5, 7], [-1, -2, 3], sameSign)).toBe(false)
    expect(jsonCompare([{ v: 1 }, { v: -5 }], [{ v: -9 }, { v: Infinity }], sameSign)).toBe(true)
  })

  const near = fc.integer({ min: 0, max: 9 }).map((steps) => steps * 2.5e-6)
  const item = fc.oneof(
    near,
    near.map((v) => ({ v })),
    near.map((v) => [v]),
    fc.constantFrom('a', null, { v: 'a' }),
  )
  const items = fc.array(item, { maxLength: 6 })
  const options = fc.constantFrom<JsonCompareOptions>(
    {},
    { tolerance: 3e-6 },
    { tolerance: 0, relativeTolerance: 0.6 },
    { tolerance: 0, relativeTolerance: 2 },
    { numbersEqual: (a, b) => Math.abs(a - b) <= 5e-6 || undefined },
  )

  test('agree with trying all pairings, in the answer and in the number of differences', () => {
    fc.assert(
      fc.property(items, items, options, (a, b, rules) => {
        const equal = (x: unknown, y: unknown) =>
          referenceEqual(x, y, { ...rules, tolerance: rules.tolerance ?? 5e-6, arrayOrder: 'ignore' })
        expect(jsonCompare(a, b, { ...rules, ...anyOrder })).toBe(somePermutation(a, b, equal))
        expect(jsonDiff(a, b, { ...rules, ...anyOrder })).toHaveLength(a.length + b.length - 2 * mostPairs(a, b, equal))
      }),
      { numRuns: 3000 },
    )
  })

  test('of a thousand objects with different names are paired without trying every pair', () => {
    const a = Array.from({ length: 1000 }, (_, i) => ({ name: `n${i}`, at: i / 7, more: { i } }))
    let asked = 0
    const numbersEqual = (): undefined => void asked++
    expect(
      jsonCompare(a, a.map(({ at, ...rest }) => ({ ...rest, at: at + 1e-9 })).reverse(), { ...anyOrder, numbersEqual }),
    ).toBe(true)
    expect(asked).toBe(1000)
  })
})

function mostPairs<Item>(a: readonly Item[], b: readonly Item[], equal: (x: Item, y: Item) => boolean): number {
  const [first, ...rest] = a
  if (a.length === 0) return 0
  const without = mostPairs(rest, b, equal)
  const withFirst = b.map((y, j) => (equal(first as Item, y) ? 1 + mostPairs(rest, b.toSpliced(j, 1), equal) : 0))
  return Math.max(without, ...withFirst)
}
