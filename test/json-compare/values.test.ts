import { describe, expect, test } from 'vitest'
import { type JsonCompareOptions, jsonCompare, jsonDiff } from '../../src/json-compare/index.ts'

/** The fast comparison, and the thorough one, which a pattern that matches nothing brings in. */
function equal(a: unknown, b: unknown): boolean {
  const ways: JsonCompareOptions[] = [{}, { ignore: ['/**/no such key/**'] }]
  const answers = new Set(ways.flatMap((options) => [jsonCompare(a, b, options), jsonCompare(b, a, options)]))
  for (const options of ways) answers.add(jsonDiff(a, b, options).length === 0)
  expect(answers.size).toBe(1)
  return answers.has(true)
}

describe('objects', () => {
  test('are compared by key, in any order', () => {
    expect(equal({ a: 1, b: { c: 2 } }, { b: { c: 2 }, a: 1 })).toBe(true)
    expect(equal({ a: 1 }, { b: 1 })).toBe(false)
    expect(equal({ a: 1 }, { a: 1, b: 1 })).toBe(false)
    const many = Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`k${i}`, i]))
    expect(equal(many, Object.fromEntries(Object.entries(many).reverse()))).toBe(true)
    expect(equal({ ...many, x: 1 }, { ...many, y: 1 })).toBe(false)
  })

  test('with a missing key differ from those where it is undefined', () => {
    expect(equal({ a: undefined }, {})).toBe(false)
    expect(equal({ a: undefined }, { b: undefined })).toBe(false)
    expect(equal({ a: undefined }, { a: undefined })).toBe(true)
    expect(equal({ a: undefined, ...Array(30).fill(0) }, { b: undefined, ...Array(30).fill(0) })).toBe(false)
  })

  test.each(['__proto__', 'constructor', 'toString', 'valueOf', 'hasOwnProperty', 'length', ''])(
    'have an ordinary key %j',
    (key) => {
      const of = (text: string) => JSON.parse(`{"other":1,${JSON.stringify(key)}:${text}}`)
      expect(equal(of('{}'), of('{}'))).toBe(true)
      expect(equal(of('1'), of('1'))).toBe(true)
      expect(equal(of('1'), of('2'))).toBe(false)
      expect(equal(of('{"a":1}'), { other: 1 })).toBe(false)
      expect(equal(of('null'), { other: 1, another: null })).toBe(false)
    },
  )

  test('count own enumerable string keys only', () => {
    const hidden = (value: object) => Object.defineProperty(value, 'hidden', { value: 1, enumerable: false })
    expect(equal(hidden({ a: 1 }), { a: 1 })).toBe(true)
    expect(equal(hidden({ a: 1 }), { hidden: 1 })).toBe(false)
    expect(equal({ a: 1, [Symbol.iterator]: 1 }, { a: 1 })).toBe(true)
    expect(equal(Object.create({ a: 1 }), {})).toBe(true)
    const wide = (name: string) => Object.fromEntries([...Array(30).keys(), name].map((key) => [`k${key}`, 1]))
    expect(equal(Object.defineProperty(wide('x'), 'ky', { value: 1 }), wide('y'))).toBe(false)
  })

  test('are compared by their keys whatever their prototype', () => {
    class Point {
      x = 1
    }
    expect(equal(new Point(), { x: 1.000001 })).toBe(true)
    expect(equal(Object.assign(Object.create(null), { x: 1 }), { x: 1 })).toBe(true)
    expect(equal(Object.create(null), {})).toBe(true)
  })
})

describe('arrays', () => {
  test('are compared by position and length', () => {
    expect(equal([1, [2]], [1, [2]])).toBe(true)
    expect(equal([1, 2], [2, 1])).toBe(false)
    expect(equal([1], [1, undefined])).toBe(false)
    expect(equal([], [])).toBe(true)
    const long = Array.from({ length: 50 }, (_, i) => i / 3)
    expect(equal(long, [...long.slice(0, -1), '16'])).toBe(false)
    expect(equal([...long, 'x', 1], [...long, 'x', 1.000001])).toBe(true)
  })

  test('have undefined in their holes', () => {
    // biome-ignore lint/suspicious/noSparseArray: the hole is what is tested
    expect(equal([1, , 3], [1, undefined, 3])).toBe(true)
    expect(equal(Array(2), [null, undefined])).toBe(false)
  })

  test('never equal objects', () => {
    expect(equal([], {})).toBe(false)
    expect(equal([1], { 0: 1 })).toBe(false)
    expect(equal([1], { 0: 1, length: 1 })).toBe(false)
  })
})

describe('what JSON does not have is compared exactly', () => {
  const twice = <Value>(make: () => Value): [Value, Value] => [make(), make()]
  test.each<[string, [unknown, unknown], unknown]>([
    ['dates', twice(() => new Date(5)), new Date(6)],
    ['regular expressions', twice(() => /a/g), /a/i],
    ['maps', twice(() => new Map([['a', { b: 1 }]])), new Map([['a', { b: 1.000001 }]])],
    ['sets', twice(() => new Set([1, 'a'])), new Set([1, 'b'])],
    ['typed arrays', twice(() => Float64Array.of(1, 2)), Float64Array.of(1, 2.000001)],
    ['buffers of bytes', twice(() => Uint8Array.of(1, 2).buffer), Uint8Array.of(1, 3).buffer],
    ['shared buffers', twice(() => new SharedArrayBuffer(2)), new SharedArrayBuffer(3)],
    ['views', twice(() => new DataView(Uint8Array.of(1, 2).buffer)), new DataView(Uint8Array.of(1, 3).buffer)],
    ['boxed numbers', twice(() => new Number(1)), new Number(1.000001)],
    ['boxed strings', twice(() => new String('ab')), new String('ac')],
    ['boxed booleans', twice(() => new Boolean(true)), new Boolean(false)],
    ['URLs', twice(() => new URL('http://a/')), new URL('http://b/')],
  ])('%s', (_, [a, copy], other) => {
    expect(equal(a, copy)).toBe(true)
    expect(equal({ x: [a] }, { x: [copy] })).toBe(true)
    expect(equal(a, other)).toBe(false)
    for (const plain of [{}, [], null, 1, { 0: 1 }]) expect(equal(a, plain)).toBe(false)
  })

  test('functions and symbols by identity', () => {
    expect(equal({ f: equal }, { f: equal })).toBe(true)
    expect(equal({ f: () => 1 }, { f: () => 1 })).toBe(false)
    expect(equal(Symbol.iterator, Symbol.iterator)).toBe(true)
  })

  test('a map that holds itself differs from another one, without an error', () => {
    const [a, b] = twice(() => {
      const map = new Map<string, unknown>()
      return map.set('self', map)
    })
    expect(equal(a, b)).toBe(false)
    expect(equal(a, a)).toBe(true)
  })
})

test('strings are compared by code unit: lone surrogates and composed letters are what they are', () => {
  expect(equal('\ud800', '\ud800')).toBe(true)
  expect(equal('\ud800', '\udfff')).toBe(false)
  expect(equal({ '\ud800': 1 }, { '\ud801': 1 })).toBe(false)
  expect(equal('\u00e9', 'e\u0301')).toBe(false)
})

describe('values that answer back', () => {
  test('an error of a getter or a proxy passes, and the next comparison is as good as ever', () => {
    const bad = Object.defineProperty({ a: 1 }, 'b', {
      enumerable: true,
      get: () => {
        throw new Error('from the getter')
      },
    })
    const { proxy, revoke } = Proxy.revocable({}, {})
    revoke()
    for (const options of [{}, { ignore: ['/**/z'] }, { arrayOrder: 'ignore' as const }]) {
      expect(() => jsonCompare([bad], [{ a: 1, b: 2 }], options)).toThrow('from the getter')
      expect(() => jsonDiff([{ a: 1, b: 2 }], [bad], options)).toThrow('from the getter')
      expect(() => jsonCompare([proxy], [{}], options)).toThrow(TypeError)
      expect(jsonCompare([{ a: 1 }], [{ a: 1 }], options)).toBe(true)
    }
    const numbersEqual = () => {
      throw new Error('from the callback')
    }
    expect(() => jsonCompare(1, 2, { numbersEqual })).toThrow('from the callback')
  })

  test('a getter and numbersEqual may compare meanwhile', () => {
    const asking = (value: number) => ({
      before: 1,
      get inner() {
        return jsonCompare({ deep: [value, cyclic()] }, { deep: [value, cyclic()] }) ? value : -1
      },
      after: 2,
    })
    expect(equal(asking(1), asking(1))).toBe(true)
    expect(equal(asking(1), asking(2))).toBe(false)
    const numbersEqual = (a: number, b: number) => jsonCompare([a], [b], { tolerance: 1 })
    expect(jsonDiff([[1, 5]], [[2, 8]], { numbersEqual }).map(({ path }) => path)).toEqual(['/0/1'])
  })

  test('a proxy is compared like what it stands for', () => {
    expect(equal(new Proxy({ a: [1] }, {}), { a: new Proxy([1.000001], {}) })).toBe(true)
  })
})

function cyclic(): unknown {
  const value: Record<string, unknown> = { n: 1 }
  value['self'] = value
  return value
}
