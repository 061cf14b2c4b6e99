import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createHash } from '../../src/profiling/key-hash.ts'

const hash = createHash(0x1234_5678, 0x7654_3210)
const of = (...values: unknown[]) => hash(values)

describe('the hash of a key', () => {
  test('is the same for equal values and another for different ones', () => {
    const value = fc.oneof(
      fc.anything({ withDate: true, withMap: true, withSet: true, withBigInt: true, withTypedArray: true }),
    )
    fc.assert(
      fc.property(value, value, (a, b) => {
        const first = of(a)
        expect(of(structuredCloneOrSame(a))).toBe(first)
        expect(first).toSatisfy((n: number) => Number.isSafeInteger(n) && n >= -1)
        if (first !== -1 && of(b) === first) expect(sameText(a)).toBe(sameText(b))
      }),
      { numRuns: 2_000 },
    )
  })

  test('does not collide over 200,000 texts and 300,000 pairs of integers', () => {
    const seen = new Set<number>()
    for (let i = 0; i < 200_000; i++) seen.add(of(`user:${i}`))
    for (let i = 0; i < 1_000; i++) for (let j = 0; j < 300; j++) seen.add(of(i, j))
    expect(seen.size).toBe(500_000)
  })

  test('depends on the secret', () => {
    expect(createHash(1, 2)(['0171 2345678'])).not.toBe(createHash(1, 3)(['0171 2345678']))
  })

  test('does not depend on the order of keys, entries and members', () => {
    expect(of({ a: 1, b: { c: 2, d: 3 } })).toBe(of({ b: { d: 3, c: 2 }, a: 1 }))
    expect(
      of(
        new Map([
          ['a', 1],
          ['b', 2],
        ]),
      ),
    ).toBe(
      of(
        new Map([
          ['b', 2],
          ['a', 1],
        ]),
      ),
    )
    expect(of(new Set([1, 2]))).toBe(of(new Set([2, 1])))
    expect(of([1, 2])).not.toBe(of([2, 1]))
  })

  test('tells apart what JSON.stringify does not', () => {
    const values = [
      undefined,
      null,
      Number.NaN,
      Number.POSITIVE_INFINITY,
      /a/,
      /a/g,
      {},
      [],
      new Map(),
      new Set(),
      1n,
      1,
      '1',
      true,
      new Date(0),
      new Date(1),
      [undefined],
      [null],
      Symbol('a'),
      'a',
      new Uint8Array([1, 2]),
      [1, 2],
      { a: undefined },
      new URL('http://a/'),
      'http://a/',
    ]
    expect(new Set(values.map((value) => of(value))).size).toBe(values.length)
    expect(of(0)).toBe(of(-0)) // one key of a Map as well
  })

  test('looks at the own data of instances, and tells those without any apart by identity', () => {
    class Point {
      x: number
      constructor(x: number) {
        this.x = x
      }
      get secret(): never {
        throw new Error('called')
      }
    }
    class Sealed {
      #x: number
      constructor(x: number) {
        this.#x = x
      }
      get x(): number {
        return this.#x
      }
    }
    const computed = Object.defineProperty(new Point(1), 'trap', {
      enumerable: true,
      get() {
        throw new Error('called')
      },
    })
    expect(of(new Point(1))).toBe(of(new Point(1)))
    expect(of(new Point(1))).not.toBe(of(new Point(2)))
    expect(of(new Point(1))).not.toBe(of({ x: 1 }))
    expect(of(computed)).toBe(of(new Point(1)))
    const sealed = new Sealed(1)
    expect(of(sealed)).toBe(of(sealed))
    expect(of(sealed)).not.toBe(of(new Sealed(1)))
    const fn = () => 1
    expect(of(fn)).toBe(of(fn))
    expect(of(fn)).not.toBe(of(() => 1))
  })

  test('ends at cycles, and tells them apart', () => {
    const ring = (value: number): object => {
      const node: { value: number; next?: object } = { value }
      node.next = { back: node }
      return node
    }
    expect(of(ring(1))).toBe(of(ring(1)))
    expect(of(ring(1))).toBeGreaterThanOrEqual(0)
    expect(of(ring(1))).not.toBe(of(ring(2)))
  })

  test.each([
    ['a long text', 'x'.repeat(70_000)],
    ['a long list', Array.from({ length: 5_000 }, () => 0)],
    ['a large buffer', new Uint8Array(1 << 20)],
    ['deep nesting', Array.from({ length: 200 }).reduce((inner: unknown) => [inner], 1)],
    ['a graph that branches for ever', branching()],
    [
      'a proxy that throws',
      new Proxy(
        {},
        {
          getPrototypeOf() {
            throw new Error('no')
          },
        },
      ),
    ],
    [
      'a getter of a plain object that throws',
      {
        get boom(): never {
          throw new Error('no')
        },
      },
    ],
  ])('gives up at %s', (_name, value) => {
    expect(of(value)).toBe(-1)
    expect(of(1)).toBe(hash([1])) // and is in order afterwards
  })

  test('for results, gives up at what can only be told apart by identity', () => {
    const results = createHash(1, 2, 'refused')
    expect(results([{ f: () => 1 }])).toBe(-1)
    expect(results([new WeakMap()])).toBe(-1)
    expect(results([{ a: [1, new Date(0)] }])).toBeGreaterThanOrEqual(0)
  })

  test('counts this as a part of the key', () => {
    const a = {}
    expect(hash([1], a)).toBe(hash([1], a))
    expect(hash([1], a)).not.toBe(hash([1], {}))
    expect(hash([1], undefined)).toBe(hash([1]))
  })
})

function branching(): object {
  let node: object = {}
  for (let i = 0; i < 40; i++) node = { left: node, right: node }
  return node
}

function structuredCloneOrSame(value: unknown): unknown {
  try {
    const clone: unknown = structuredClone(value)
    // a clone of an object without a prototype gets one, and loses symbols: still the same content
    return clone
  } catch {
    return value
  }
}

function sameText(value: unknown): string {
  return fc
    .stringify(value)
    .replaceAll('-0', '0')
    .replace(/Object\.create\(null\)|__proto__:null,?/g, '')
}
