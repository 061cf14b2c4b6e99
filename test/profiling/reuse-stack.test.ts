import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ReuseStack } from '../../src/profiling/reuse-stack.ts'
import { LADDER_STEPS, sizeAt, stepOf } from '../../src/profiling/size-ladder.ts'
import { ReuseList } from './exact-reuse.ts'

test('distances, keys and size are those of a plain list', () => {
  // keys that share their low bits collide in the table
  const key = fc.oneof(
    fc.integer({ min: 0, max: 300 }),
    fc.integer({ min: 0, max: 300 }).map((n) => n * 2 ** 40),
  )
  const step = fc.record({ key, remove: fc.nat(9).map((n) => n === 0) })
  fc.assert(
    fc.property(fc.constantFrom(64, 128, 256), fc.array(step, { maxLength: 3_000, size: 'max' }), (capacity, steps) => {
      const stack = new ReuseStack(capacity)
      const list = new ReuseList(capacity)
      const wrong = steps.filter(({ key, remove }) => {
        if (!remove) return stack.use(key) !== list.use(key)
        stack.delete(key)
        list.delete(key)
        return false
      })
      expect(wrong).toEqual([])
      expect(stack.keys()).toEqual(list.keys())
      expect(stack.size).toBe(list.keys().length)
      expect(list.keys().filter((key) => !stack.has(key))).toEqual([])
    }),
    { numRuns: 60 },
  )
})

test('the ladder of sizes has no gap: each distance is on the first step that it fits in', () => {
  const sizes = Array.from({ length: LADDER_STEPS }, (_, step) => sizeAt(step))
  expect(sizes.slice(0, 20)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 18, 20, 22, 24])
  for (let distance = 1; distance <= 5_000; distance++) {
    const step = stepOf(distance)
    expect(sizes[step]!).toBeGreaterThanOrEqual(distance)
    expect(sizes[step - 1] ?? 0).toBeLessThan(distance)
  }
  for (let size = 1; size <= 2 ** 24; size *= 2) expect(sizeAt(stepOf(size))).toBe(size)
  expect(stepOf(2 ** 30)).toBe(LADDER_STEPS - 1)
})
