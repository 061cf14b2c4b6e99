import { describe, expect, test } from 'vitest'
import { type JsonCompareOptions, jsonCompare } from '../../src/json-compare/index.ts'

function equal(a: number, b: number, options?: JsonCompareOptions): boolean {
  const answers = new Set(
    [
      [a, b],
      [b, a],
      [[a], [b]],
      [{ x: a }, { x: b }],
      [Array(20).fill(a), Array(20).fill(b)],
    ].map(([x, y]) => jsonCompare(x, y, options)),
  )
  expect(answers.size).toBe(1)
  return answers.has(true)
}

describe('two numbers are equal to 5 decimals', () => {
  test('if they are at most half a unit of the 5th place apart', () => {
    expect(equal(0.1 + 0.2, 0.3)).toBe(true)
    expect(equal(1.000004, 1)).toBe(true)
    expect(equal(1.000006, 1)).toBe(false)
    expect(equal(1.00001, 1.00002)).toBe(false)
    expect(equal(2.00001, 2.00002)).toBe(false)
    expect(equal(1, 2)).toBe(false)
    expect(equal(-0.000004, 0.000001)).toBe(true)
  })

  test('if they are exactly half a unit apart on paper, whatever the doubles make of it', () => {
    for (let n = 0; n < 2000; n++) {
      const base = n * 0.37
      expect(equal(Number(base.toFixed(5)), Number(`${base.toFixed(5)}5`))).toBe(true)
    }
    expect(equal(1682.6, 1682.7, { tolerance: 0.1 })).toBe(true)
    expect(equal(1.2, 1.25, { tolerance: 0.05 })).toBe(true)
  })

  test('only if they are the same number, when both are written with 5 decimals', () => {
    for (let n = 1; n < 2000; n++) {
      const units = n * 7919
      expect(equal(units / 1e5, (units + 1) / 1e5)).toBe(false)
      expect(equal(Number(`${(units / 1e5).toFixed(5)}1`), units / 1e5)).toBe(true)
    }
  })

  test('with slack that never makes neighbouring integers equal', () => {
    expect(equal(2 ** 53 - 1, 2 ** 53 - 2)).toBe(false)
    expect(equal(2 ** 53 - 1, 2 ** 53 - 2, { decimals: 0 })).toBe(false)
    expect(equal(2 ** 52 + 1, 2 ** 52, { tolerance: 0.75 })).toBe(false)
    expect(equal(1e300, 1e300 * (1 + 2 ** -52))).toBe(false)
  })
})

describe('other tolerances', () => {
  test.each([0, 1, 2, 8, 15])('%i decimals', (decimals) => {
    const unit = Number(`1e-${decimals}`)
    expect(equal(0, unit * 0.5, { decimals })).toBe(true)
    expect(equal(0, unit * 0.51, { decimals })).toBe(false)
  })

  test('an absolute tolerance wins over decimals', () => {
    expect(equal(1, 1.4, { tolerance: 0.5, decimals: 3 })).toBe(true)
    expect(equal(1.00001, 1.00002, { tolerance: 1e-5 })).toBe(true)
    expect(equal(1, 1 + Number.EPSILON, { tolerance: 0 })).toBe(false)
  })

  test('a relative tolerance counts where it is more than the absolute one', () => {
    expect(equal(1e9, 1.01e9, { relativeTolerance: 0.01 })).toBe(true)
    expect(equal(1e9, 1.011e9, { relativeTolerance: 0.01 })).toBe(false)
    expect(equal(0, 4e-6, { relativeTolerance: 0.01 })).toBe(true)
    expect(equal(0, 1e-5, { relativeTolerance: 0.01 })).toBe(false)
    expect(equal(1, 1.5, { tolerance: 0, relativeTolerance: 1 / 3 })).toBe(true)
  })

  test('numbersEqual decides first, and leaves it to the tolerance with undefined', () => {
    const paths: string[] = []
    const numbersEqual = (a: number, _: number, path: string): boolean | undefined => {
      paths.push(path)
      return path === '/x' ? a < 5 : undefined
    }
    expect(jsonCompare({ x: 1, y: 2, z: [7] }, { x: 4, y: 2.000001, z: [7] }, { numbersEqual })).toBe(true)
    expect(paths).toEqual(['/x', '/y'])
    expect(jsonCompare({ x: 6 }, { x: 7 }, { numbersEqual })).toBe(false)
    expect(jsonCompare(6, 6.000001, { numbersEqual: () => false })).toBe(false)
    expect(jsonCompare(Number.NaN, Number.NaN, { numbersEqual: () => false })).toBe(true)
  })
})

describe('special numbers', () => {
  test('zero has no sign, NaN is itself, an infinity is itself only', () => {
    expect(equal(0, -0)).toBe(true)
    expect(equal(Number.NaN, Number.NaN)).toBe(true)
    expect(equal(Number.NaN, 0)).toBe(false)
    expect(equal(Infinity, Infinity)).toBe(true)
    expect(equal(Infinity, -Infinity)).toBe(false)
    expect(equal(Infinity, Number.MAX_VALUE, { relativeTolerance: 2 })).toBe(false)
    expect(equal(Number.MAX_VALUE, -Number.MAX_VALUE)).toBe(false)
    expect(jsonCompare(JSON.parse('[1e400]'), JSON.parse('[1e400]'))).toBe(true)
    expect(jsonCompare(JSON.parse('[1e400]'), JSON.parse('[1e308]'))).toBe(false)
  })

  test('a number equals nothing but a number', () => {
    for (const other of ['1', true, null, undefined, 1n, [1], { valueOf: () => 1 }, new Number(1)]) {
      expect(jsonCompare(1, other)).toBe(false)
      expect(jsonCompare([other], [1])).toBe(false)
    }
    expect(jsonCompare(0, null)).toBe(false)
    expect(jsonCompare(5n, 5n)).toBe(true)
    expect(jsonCompare(5n, 6n)).toBe(false)
  })
})
