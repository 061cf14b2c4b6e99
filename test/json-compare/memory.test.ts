import { expect, test } from 'vitest'
import { compile } from '../../src/json-compare/compile.ts'
import { createMemory } from '../../src/json-compare/memory.ts'

const { root } = compile({ ignore: ['/a'] })
const other = root.child('b')

test('pairs are remembered by both objects and the state, until they are forgotten', () => {
  const memory = createMemory<number>()
  const objects = Array.from({ length: 12 }, () => ({}))
  const pairs = objects.flatMap((a) =>
    objects.flatMap((b) => [root, other].map((state) => ({ a, b, state, path: '' }))),
  )
  for (const [n, pair] of pairs.entries()) memory.set(pair, n)
  for (const [n, pair] of pairs.entries()) expect(memory.get({ ...pair, path: '/x' })).toBe(n)
  memory.delete(pairs[0]!)
  expect(pairs.map(memory.get)).toEqual(pairs.map((_, n) => (n < 2 ? undefined : n)))
  const unknown = { a: {}, b: {}, state: root, path: '' }
  memory.delete(unknown)
  expect(memory.get(unknown)).toBeUndefined()
})
