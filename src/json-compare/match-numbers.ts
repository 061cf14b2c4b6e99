import type { Indexes } from './matching.ts'
import { numbersAreClose } from './tolerance.ts'
import type { Lists } from './unordered.ts'

/**
 * Pairs as many numbers as can be where being close means being near on the line: smallest with smallest. For numbers
 * x < y < z of which x and z are close, the rule makes y close to both (relative tolerance below 1), so that leaving a
 * number out that fits never helps.
 */
export function matchNumbers(group: Indexes, { a, b, state }: Lists): Indexes {
  const { tolerance, relativeTolerance } = state.rules
  const left = sorted(group.a, a)
  const right = sorted(group.b, b)
  const unpaired = { a: [] as number[], b: [] as number[] }
  let i = 0
  let j = 0
  while (i < left.length && j < right.length) {
    const [x, y] = [left[i]!, right[j]!]
    const close = numbersAreClose(x.value, y.value, tolerance, relativeTolerance)
    if (!close && x.value < y.value) unpaired.a.push(x.index)
    if (!close && x.value > y.value) unpaired.b.push(y.index)
    if (close || x.value < y.value) i++
    if (close || x.value > y.value) j++
  }
  for (const { index } of left.slice(i)) unpaired.a.push(index)
  for (const { index } of right.slice(j)) unpaired.b.push(index)
  return unpaired
}

function sorted(indexes: readonly number[], values: readonly unknown[]): { index: number; value: number }[] {
  return indexes.map((index) => ({ index, value: Number(values[index]) })).sort((x, y) => x.value - y.value)
}
