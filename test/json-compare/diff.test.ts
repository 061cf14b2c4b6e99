import { describe, expect, test } from 'vitest'
import { createJsonComparer, firstDifference, jsonCompare, jsonDiff } from '../../src/json-compare/index.ts'

describe('the list of differences', () => {
  test('is in document order: the keys of a, then those only b has', () => {
    const a = { z: 1, y: { p: [1, 2, 3] }, x: 'old', w: null }
    const b = { new: true, w: 0, x: 'new', y: { p: [1, 5], q: 1 }, z: 1.000001 }
    expect(jsonDiff(a, b)).toEqual([
      { kind: 'changed', path: '/y/p/1', a: 2, b: 5, delta: 3 },
      { kind: 'removed', path: '/y/p/2', a: 3 },
      { kind: 'added', path: '/y/q', b: 1 },
      { kind: 'changed', path: '/x', a: 'old', b: 'new' },
      { kind: 'type', path: '/w', a: null, b: 0 },
      { kind: 'added', path: '/new', b: true },
    ])
  })

  test('writes paths as JSON Pointers', () => {
    const value = (n: number) => ({ '': n, 'a/b': n, 'm~n': n, '~1': n, ' ': [n] })
    expect(jsonDiff(value(1), value(2)).map(({ path }) => path)).toEqual(['/', '/a~1b', '/m~0n', '/~01', '/ /0'])
    expect(jsonDiff(1, 2)).toEqual([{ kind: 'changed', path: '', a: 1, b: 2, delta: 1 }])
  })

  test('calls another JSON type a difference of type', () => {
    const values = [null, true, 1, 'a', [], {}]
    for (const a of values) {
      for (const b of values) {
        if (a !== b) expect(jsonDiff([a], [b])).toEqual([{ kind: 'type', path: '/0', a, b }])
      }
    }
  })

  test('has a delta for finite numbers only', () => {
    expect(jsonDiff([1], [Number.NaN])).toEqual([{ kind: 'changed', path: '/0', a: 1, b: Number.NaN }])
    expect(jsonDiff([1n], [2n])).toEqual([{ kind: 'changed', path: '/0', a: 1n, b: 2n }])
  })

  test('has values that JSON does not have as a whole', () => {
    const [a, b] = [new Date(1), new Date(2)]
    expect(jsonDiff({ at: a }, { at: b })).toEqual([{ kind: 'changed', path: '/at', a, b }])
    expect(jsonDiff({ a: undefined }, {})).toEqual([{ kind: 'removed', path: '/a', a: undefined }])
  })

  test('ends after maxDifferences', () => {
    const [a, b] = [Array(50).fill(1), Array(70).fill(2)]
    expect(jsonDiff(a, b)).toHaveLength(70)
    expect(jsonDiff(a, b, { maxDifferences: 60 })).toEqual(jsonDiff(a, b).slice(0, 60))
    expect(jsonDiff(a, b, { maxDifferences: 1 })).toEqual([firstDifference(a, b)])
  })

  test.each([
    ['an object', () => ({})],
    ['a list', () => []],
  ])('looks at nothing of %s after the last difference it was asked for', (_, empty) => {
    let read = 0
    const make = () => {
      const value = empty()
      for (let key = 0; key < 1000; key++) {
        Object.defineProperty(value, key, { enumerable: true, get: () => ++read })
      }
      return value
    }
    expect(jsonDiff(make(), make(), { maxDifferences: 2 }).map(({ path }) => path)).toEqual(['/0', '/1'])
    expect(read).toBeLessThan(20)
  })
})

describe('a comparer made once', () => {
  test('answers as the functions do', () => {
    const comparer = createJsonComparer({ decimals: 1, maxDifferences: 2 })
    const [a, b] = [
      [1, 2, 3, 4],
      [1.04, 3, 4, 5],
    ]
    expect(comparer.equal(a, b)).toBe(jsonCompare(a, b, { decimals: 1 }))
    expect(comparer.diff(a, b)).toEqual(jsonDiff(a, b, { decimals: 1 }).slice(0, 2))
    expect(comparer.first(a, b)).toEqual(firstDifference(a, b, { decimals: 1 }))
    expect(createJsonComparer().equal(1, 1.000001)).toBe(true)
  })

  test('does not notice when its options are changed afterwards', () => {
    const ignore = ['/a']
    const comparer = createJsonComparer({ ignore })
    ignore.push('/b')
    expect(comparer.equal({ a: 1, b: 1 }, { b: 1 })).toBe(true)
    expect(comparer.equal({ b: 1 }, { b: 2 })).toBe(false)
    ignore.length = 0
    expect(comparer.equal({ a: 1, b: [1] }, { a: 2, b: [1] })).toBe(true)
  })
})
