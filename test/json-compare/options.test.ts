import { describe, expect, test } from 'vitest'
import {
  createJsonComparer,
  firstDifference,
  type JsonCompareOptions,
  jsonCompare,
  jsonDiff,
} from '../../src/json-compare/index.ts'

const compareBy = (options: unknown) => () => jsonCompare(1, 1, options as JsonCompareOptions)

test.each<[unknown, ErrorConstructor, string]>([
  [{ decimals: -1 }, RangeError, 'Expected `decimals` to be an integer from 0 to 15, got -1'],
  [{ decimals: 16 }, RangeError, 'Expected `decimals` to be an integer from 0 to 15, got 16'],
  [{ decimals: 1.5 }, RangeError, 'Expected `decimals` to be an integer from 0 to 15, got 1.5'],
  [{ decimals: '5' }, TypeError, 'Expected `decimals` to be an integer from 0 to 15, got "5"'],
  [{ tolerance: -1 }, RangeError, 'Expected `tolerance` to be a number from 0 up, got -1'],
  [{ tolerance: Number.NaN }, RangeError, 'Expected `tolerance` to be a number from 0 up, got NaN'],
  [{ tolerance: null }, TypeError, 'Expected `tolerance` to be a number from 0 up, got null'],
  [{ relativeTolerance: Infinity }, RangeError, 'Expected `relativeTolerance` to be a number from 0 up, got Infinity'],
  [{ arrayOrder: 'any' }, TypeError, "Expected `arrayOrder` to be 'strict' or 'ignore', got \"any\""],
  [{ ignore: '/a' }, TypeError, 'Expected `ignore` to be an array, got "/a"'],
  [{ ignore: ['/a', 'b'] }, TypeError, 'Expected `ignore[1]` to be a JSON Pointer such as "/items/*/price", got "b"'],
  [{ ignore: ['/~2'] }, TypeError, 'Expected `ignore[0]` to be a JSON Pointer such as "/items/*/price", got "/~2"'],
  [{ overrides: {} }, TypeError, 'Expected `overrides` to be an array, got [object Object]'],
  [{ overrides: [null] }, TypeError, 'Expected `overrides[0]` to be an object, got null'],
  [
    { overrides: [{}] },
    TypeError,
    'Expected `overrides[0].path` to be a JSON Pointer such as "/items/*/price", got undefined',
  ],
  [
    { overrides: [{ path: '', decimals: 99 }] },
    RangeError,
    'Expected `overrides[0].decimals` to be an integer from 0 to 15, got 99',
  ],
  [
    { overrides: [{ path: '', ignore: [] }] },
    TypeError,
    'Expected `overrides[0]` to be an object of path, decimals, tolerance, relativeTolerance, arrayOrder, got "ignore"',
  ],
  [{ numbersEqual: true }, TypeError, 'Expected `numbersEqual` to be a function, got true'],
  [
    { tolerence: 1 },
    TypeError,
    'Expected `options` to be an object of decimals, tolerance, relativeTolerance, arrayOrder, ignore, overrides, numbersEqual, got "tolerence"',
  ],
  [[], TypeError, 'Expected `options` to be an object, got [object Array]'],
  [5, TypeError, 'Expected `options` to be an object, got 5'],
])('%j is refused', (options, type, message) => {
  expect(compareBy(options)).toThrow(new type(message))
  expect(() => firstDifference(1, 1, options as JsonCompareOptions)).toThrow(type)
  expect(() => jsonDiff(1, 1, options as JsonCompareOptions)).toThrow(type)
  expect(() => createJsonComparer(options as JsonCompareOptions)).toThrow(type)
})

test('maxDifferences is for lists only', () => {
  expect(compareBy({ maxDifferences: 1 })).toThrow(TypeError)
  for (const maxDifferences of [0, -1, 1.5, Number.NaN, Infinity]) {
    expect(() => jsonDiff(1, 1, { maxDifferences })).toThrow(RangeError)
  }
})

test('an option that is undefined is as good as none', () => {
  const options: object = { decimals: undefined, tolerance: undefined, ignore: undefined, arrayOrder: undefined }
  expect(jsonCompare([1], [1.000001], options)).toBe(true)
  expect(jsonCompare([1], [1.00001], options)).toBe(false)
})

test('wrong options are found before anything is compared', () => {
  const bad = { get a() { throw new Error('was read') } } // biome-ignore format: one thought
  expect(() => jsonCompare(bad, bad, { decimals: 99 })).toThrow(RangeError)
})

describe('ignored places', () => {
  const shop = (price: number, at: string) => ({
    at,
    items: [
      { price, at },
      { price, at, more: { at } },
    ],
  })
  test('do not count, different or missing', () => {
    expect(jsonCompare({ a: 1, b: 1 }, { a: 1, b: 2 }, { ignore: ['/b'] })).toBe(true)
    expect(jsonCompare({ a: 1, b: 1 }, { a: 1 }, { ignore: ['/b'] })).toBe(true)
    expect(jsonCompare({ a: 1 }, { a: 1, b: { c: 1 } }, { ignore: ['/b'] })).toBe(true)
    expect(jsonCompare([1, 2], [1], { ignore: ['/1'] })).toBe(true)
    expect(jsonCompare([1, 2, 3], [1], { ignore: ['/1'] })).toBe(false)
    expect(jsonCompare(1, 'x', { ignore: [''] })).toBe(true)
    expect(jsonDiff(1, 'x', { ignore: [''] })).toEqual([])
  })

  test('are named with * for one key and ** for any number', () => {
    const [a, b] = [shop(1, 'x'), shop(1, 'y')]
    const left = (ignore: string[]) => jsonDiff(a, b, { ignore }).map(({ path }) => path)
    expect(left(['/items/*/at'])).toEqual(['/at', '/items/1/more/at'])
    expect(left(['/items/**/at'])).toEqual(['/at'])
    expect(left(['/**/at'])).toEqual([])
    expect(left(['/*/*/at', '/at'])).toEqual(['/items/1/more/at'])
    expect(left(['/items/0/**'])).toEqual(['/at', '/items/1/at', '/items/1/more/at'])
    expect(left(['/items/**/more/**'])).toEqual(['/at', '/items/0/at', '/items/1/at'])
    expect(left(['/item/*/at'])).toHaveLength(4)
    expect(jsonCompare({ 'a/b': 1, '~': 1 }, { 'a/b': 2, '~': 2 }, { ignore: ['/a~1b', '/~0'] })).toBe(true)
  })

  test('are not read below', () => {
    const bad = () => ({
      get x(): never {
        throw new Error('was read')
      },
    })
    expect(jsonCompare({ a: bad() }, { a: bad() }, { ignore: ['/a'] })).toBe(true)
  })
})

describe('overrides', () => {
  test('hold at the places they name, and not below', () => {
    const overrides = [{ path: '/prices', decimals: 0 }]
    expect(jsonCompare({ prices: 1 }, { prices: 1.4 }, { overrides })).toBe(true)
    expect(jsonCompare({ prices: [1] }, { prices: [1.4] }, { overrides })).toBe(false)
    expect(jsonCompare({ prices: [1] }, { prices: [1.4] }, { overrides: [{ path: '/prices/**', decimals: 0 }] })).toBe(
      true,
    )
    expect(jsonCompare(1, 1.4, { overrides: [{ path: '', decimals: 0 }] })).toBe(true)
  })

  test('the last one that sets a rule wins, rule by rule', () => {
    const overrides = [
      { path: '/**', tolerance: 10 },
      { path: '/a/*', tolerance: 0.5, relativeTolerance: 0.1 },
      { path: '/a/x', relativeTolerance: 0 },
    ]
    const diff = (a: unknown, b: unknown) => jsonDiff(a, b, { overrides }).map(({ path }) => path)
    expect(diff({ a: { x: 1, y: 100 }, b: 1 }, { a: { x: 1.4, y: 109 }, b: 9 })).toEqual([])
    expect(diff({ a: { x: 100, y: 100 }, b: 1 }, { a: { x: 109, y: 112 }, b: 12 })).toEqual(['/a/x', '/a/y', '/b'])
  })

  test('with decimals replace a tolerance', () => {
    const options = { tolerance: 1, overrides: [{ path: '/exact', decimals: 3 }] }
    expect(jsonDiff({ exact: 1, rough: 1 }, { exact: 1.5, rough: 1.5 }, options)).toMatchObject([{ path: '/exact' }])
  })
})
