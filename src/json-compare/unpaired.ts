import { matchNumbers } from './match-numbers.ts'
import { type Indexes, pairOff } from './matching.ts'
import { answer, type Question } from './question.ts'
import { type Ask, groupItems, type Lists, questioner, sortable } from './unordered.ts'
import type { Walk } from './walk.ts'

/** Pairs off as many items as can be and returns those that are left. */
export function unpairedItems(walk: Walk, lists: Lists, ask: Ask): Indexes {
  const unpaired: Indexes[] = []
  const matchAll = function* (): Question {
    for (const [name, group] of groupItems(walk, lists)) {
      const isSortable = name === sortable
      unpaired.push(
        isSortable ? matchNumbers(group, lists) : yield* pairOff(group, questioner(walk, lists, ask), false),
      )
    }
    return true
  }
  answer(matchAll())
  const inOrder = (side: 'a' | 'b'): number[] => unpaired.flatMap((each) => each[side]).sort((p, q) => p - q)
  return { a: inOrder('a'), b: inOrder('b') }
}
