import { expect, test } from 'vitest'
import { type JsonMatchers, toEqualJson } from '../../src/json-compare/matcher.ts'

declare module 'vitest' {
  // biome-ignore lint/suspicious/noExplicitAny: the declaration of vitest has it
  interface Matchers<T = any> extends JsonMatchers<T> {}
}

expect.extend({ toEqualJson })

test('values equal to 5 decimals pass', () => {
  expect({ price: 0.1 + 0.2 }).toEqualJson({ price: 0.3 })
  expect({ price: 0.31 }).not.toEqualJson({ price: 0.3 })
  expect({ price: 0.31 }).toEqualJson({ price: 0.3 }, { decimals: 1 })
  expect({ list: [expect.anything()] }).not.toEqualJson({ list: [1] })
})

test('a failure lists the differences from the expected value to the received one', () => {
  expect(() => expect({ price: 0.31, tax: 1 }).toEqualJson({ price: 0.3 })).toThrow(
    'Expected equal JSON; expected → received:\n\n~ /price: 0.3 → 0.31 (+0.01)\n+ /tax: 1\n2 differences; largest absolute 0.01',
  )
  expect(() => expect(1).not.toEqualJson(1)).toThrow('Expected the JSON values to differ, but they are equal')
})

test('a failure shows a hundred differences or maxDifferences', () => {
  const { message } = toEqualJson(Array(100_000).fill(1), [])
  expect(message().split('\n')).toHaveLength(2 + 100 + 2)
  expect(message()).toMatch(/may be more/)
  expect(toEqualJson([1, 2, 3], [], { maxDifferences: 2 }).message()).toContain('2 differences')
})

test('a wrong option fails', () => {
  expect(() => expect(1).toEqualJson(1, { decimals: -1 })).toThrow(RangeError)
})
