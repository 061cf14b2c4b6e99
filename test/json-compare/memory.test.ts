import { expect, test } from 'vitest'
import { compile } from '../../src/json-compare/compile.ts'
import { createMemory } from '../../src/json-compare/memory.ts'

const { root } = compile({ ignore: ['/a'] })
const other = root.child('b')

test('pairs are remembered by both objects and the state, over more than one page', () => {
  const memory = createMemory<number>(4)
  const objects = Array.from({ length: 12 }, () => ({}))
  let n = 0
  for (const a of objects) for (const b of objects) for (const state of [root, other]) memory.add(a, b, state, n++)
  n = 0
  for (const a of objects) {
    for (const b of objects) for (const state of [root, other]) expect(memory.find(a, b, state)?.finding).toBe(n++)
    expect(memory.find(a, {}, root)).toBeUndefined()
  }
  expect(memory.find({}, objects[0]!, root)).toBeUndefined()
})
