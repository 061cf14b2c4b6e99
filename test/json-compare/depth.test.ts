import { describe, expect, test } from 'vitest'
import { firstDifference, type JsonCompareOptions, jsonCompare, jsonDiff } from '../../src/json-compare/index.ts'
import { nested } from './nested.ts'

const ways: [string, JsonCompareOptions][] = [
  ['by default', {}],
  ['with path patterns', { ignore: ['/**/no such key'] }],
  ['in any order', { arrayOrder: 'ignore' }],
]

describe.each(ways)('values twenty thousand levels deep, %s', (name, options) => {
  test('are compared', () => {
    expect(jsonCompare(nested(2e4, 1), nested(2e4, 1.000001), options)).toBe(true)
    expect(jsonCompare(nested(2e4, 1), nested(2e4, 2), options)).toBe(false)
  })

  test('have their difference found', () => {
    const [difference] = jsonDiff(nested(2e4, 1), nested(2e4, 2), options)
    expect(difference?.path).toBe(name === 'in any order' ? '/0' : '/0'.repeat(2e4))
  })
})

test('a hundred thousand brackets of JSON text are compared', () => {
  const text = '['.repeat(1e5) + ']'.repeat(1e5)
  expect(jsonCompare(JSON.parse(text), JSON.parse(text))).toBe(true)
})

test('ten thousand levels with a difference on each have them all listed', () => {
  const a = nested(1e4, 0, (inner) => ({ inner, n: 1 }))
  const b = nested(1e4, 0, (inner) => ({ inner, n: 2 }))
  const differences = jsonDiff(a, b)
  expect(differences).toHaveLength(1e4)
  expect(differences[0]?.path).toBe(`${'/inner'.repeat(1e4 - 1)}/n`)
})

describe.each(ways)('cyclic values, %s', (_, options) => {
  const ring = (length: number, leaf: number): unknown => {
    const nodes = Array.from({ length }, () => ({ leaf, list: [] as unknown[] }))
    nodes.forEach((node, i) => void node.list.push(nodes[(i + 1) % length], nodes[0]))
    return nodes[0]
  }
  test('are equal if they look the same from the inside', () => {
    expect(jsonCompare(ring(3, 1), ring(3, 1), options)).toBe(true)
    expect(jsonCompare(ring(2, 1), ring(6, 1), options)).toBe(true)
    expect(jsonDiff(ring(2, 1), ring(6, 1), options)).toEqual([])
    expect(jsonCompare(ring(3, 1), ring(3, 2), options)).toBe(false)
    expect(firstDifference(ring(1, 1), ring(1, 2), options)).toMatchObject({ path: '/leaf' })
  })

  test('against values without a cycle differ', () => {
    const finite = { leaf: 1, list: [{ leaf: 1, list: [] }, null] }
    expect(jsonCompare(ring(1, 1), finite, options)).toBe(false)
    expect(jsonDiff(finite, ring(1, 1), options)).not.toEqual([])
  })

  test('have what differs in them reported once', () => {
    const make = (leaf: number): unknown => {
      const value: Record<string, unknown> = { leaf }
      value['self'] = value
      return { first: value }
    }
    expect(jsonDiff(make(1), make(2), options).map(({ path }) => path)).toEqual(['/first/leaf'])
  })
})

test('arrays in any order may nest deep with a choice on each level', () => {
  const chain = (leaf: unknown): unknown => nested(4e3, [leaf], (inner) => [['x'], inner, []])
  const turned = (leaf: unknown): unknown => nested(4e3, [leaf], (inner) => [inner, [], ['x']])
  expect(jsonCompare(chain(1), turned(1.000001), { arrayOrder: 'ignore' })).toBe(true)
  expect(jsonCompare(chain(1), turned(2), { arrayOrder: 'ignore' })).toBe(false)
})

test('what was found equal on an assumption is forgotten when that turns out wrong', () => {
  // p holds [p] and a number, so that [p] and [q] are equal as long as p and q are taken to be.
  const make = (leaf: number): [p: unknown, inner: unknown] => {
    const inner: unknown[] = []
    const p = [inner, [[leaf]]]
    inner.push(p)
    return [p, inner]
  }
  const [[p1, inner1], [p2, inner2]] = [make(1), make(2)]
  const [[same1], [same2]] = [make(1), make(2)]
  const anyOrder = { arrayOrder: 'ignore' as const }
  expect(jsonCompare([p1, inner1, same2], [p2, inner2, same1], anyOrder)).toBe(false)
  expect(jsonCompare([p1, inner1, same2], [p2, make(1)[1], same1], anyOrder)).toBe(true)
})

describe.each(ways)('values that share parts, 2^40 paths, %s', (name, options) => {
  const bomb = (leaf: unknown): unknown => nested(40, { leaf }, (inner) => ({ l: inner, r: inner }))
  const list = (leaf: unknown): unknown => nested(40, { leaf }, (inner) => [inner, inner])

  test('are compared', () => {
    expect(jsonCompare(bomb(1), bomb(1), options)).toBe(true)
    expect(jsonCompare(list(1), list(1), options)).toBe(true)
    expect(jsonCompare(list(1), list(2), options)).toBe(false)
    expect(jsonDiff(bomb(1), bomb(2), { ...options, maxDifferences: 3 }).map(({ path }) => path)).toEqual([
      `${'/l'.repeat(40)}/leaf`,
      `${'/l'.repeat(39)}/r/leaf`,
      `${'/l'.repeat(38)}/r/l/leaf`,
    ])
  })

  if (name === 'in any order') {
    test('differ in few items', () => {
      expect(jsonDiff(list(1), list(2), options)).toHaveLength(4)
    })
  }
})

test('values that share parts have too many differences to list', () => {
  const bomb = (leaf: unknown): unknown => nested(40, { leaf }, (inner) => ({ l: inner, r: inner }))
  expect(() => jsonDiff(bomb(1), bomb(2))).toThrow(
    new RangeError('More than 1000000 differences; set `maxDifferences` to get the first ones'),
  )
})

test('parts that are shared are looked at again where other rules hold', () => {
  const [a, b] = [{ n: 1 }, { n: 1.4 }]
  const twice = (part: unknown) => ({ exact: part, rough: part, again: { exact: part } })
  const overrides = [{ path: '/rough/n', decimals: 0 }]
  expect(jsonDiff(twice(a), twice(b), { overrides }).map(({ path }) => path)).toEqual(['/exact/n', '/again/exact/n'])
  const asked: string[] = []
  const numbersEqual = (_: number, __: number, path: string) => {
    asked.push(path)
    return path === '/rough/n'
  }
  expect(jsonDiff(twice(a), twice(b), { numbersEqual }).map(({ path }) => path)).toEqual(['/exact/n', '/again/exact/n'])
  expect(asked).toEqual(['/exact/n', '/rough/n', '/again/exact/n'])
  expect(jsonCompare({ x: a, y: a }, { x: b, y: b }, { numbersEqual: (_, __, path) => path === '/x/n' })).toBe(false)
})

test('numbersEqual does not make a bomb explode', () => {
  const bomb = (leaf: number): unknown => nested(40, { leaf }, (inner) => ({ l: inner, r: inner }))
  expect(jsonCompare(bomb(1), bomb(2), { numbersEqual: () => true })).toBe(true)
  expect(jsonDiff(bomb(1), bomb(2), { numbersEqual: () => true })).toEqual([])
})
