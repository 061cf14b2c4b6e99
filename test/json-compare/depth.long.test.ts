import { describe, expect, test } from 'vitest'
import { type JsonCompareOptions, jsonCompare, jsonDiff } from '../../src/json-compare/index.ts'
import { nested } from './nested.ts'

const ways: [string, JsonCompareOptions][] = [
  ['by default', {}],
  ['with path patterns', { ignore: ['/**/no such key'] }],
  ['in any order', { arrayOrder: 'ignore' }],
]

describe.each(ways)('values a million levels deep, %s', (name, options) => {
  test('are compared', () => {
    expect(jsonCompare(nested(1e6, 1), nested(1e6, 1.000001), options)).toBe(true)
    expect(jsonCompare(nested(1e6, 1), nested(1e6, 2), options)).toBe(false)
  })

  test('have their difference found', () => {
    const [difference] = jsonDiff(nested(1e6, 1), nested(1e6, 2), options)
    expect(difference?.path).toBe(name === 'in any order' ? '/0' : '/0'.repeat(1e6))
  })
})

test('a million brackets of JSON text are compared', () => {
  const text = '['.repeat(1e6) + ']'.repeat(1e6)
  expect(jsonCompare(JSON.parse(text), JSON.parse(text))).toBe(true)
})

test('a document of four million objects is compared', () => {
  const make = (last: number): unknown => Array.from({ length: 2e6 }, (_, i) => ({ a: [i === 2e6 - 1 ? last : 1] }))
  expect(jsonCompare(make(1), make(1.000001))).toBe(true)
  expect(jsonDiff(make(1), make(2))).toEqual([{ kind: 'changed', path: '/1999999/a/0', a: 1, b: 2, delta: 1 }])
})
