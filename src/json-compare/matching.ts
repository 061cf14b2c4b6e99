import type { Question } from './question.ts'

/** Indexes of items of two arrays, ascending. */
export interface Indexes {
  readonly a: number[]
  readonly b: number[]
}

/**
 * Pairs as many items as can be and returns those that have no partner: a maximum matching of a bipartite graph, whose
 * edges are found by asking. Each item takes the first partner that is free or whose own partner finds another one
 * (augmenting paths). It begins at its own rank, so that arrays in nearly the same order need few questions. What a
 * search without success has reached is in no later path, and stays left out.
 *
 * With `all` it ends at the first item that cannot have a partner.
 */
export function* pairOff(
  { a, b }: Indexes,
  equal: (i: number, j: number) => Question | boolean,
  all: boolean,
): Generator<Question, Indexes, boolean> {
  const partners = new Map<number, number>()
  let hopeless = new Set<number>()
  let reached: Set<number>
  function* findPartner(rank: number): Question {
    for (let n = 0; n < b.length; n++) {
      const other = (rank + n) % b.length
      if (reached.has(other)) continue
      const answer = equal(a[rank]!, b[other]!)
      if (!(typeof answer === 'boolean' ? answer : yield answer)) continue
      reached.add(other)
      const before = partners.get(other)
      if (before === undefined || (yield findPartner(before))) {
        partners.set(other, rank)
        return true
      }
    }
    return false
  }
  const unpaired: number[] = []
  for (let rank = 0; rank < a.length; rank++) {
    reached = new Set(hopeless)
    if (partners.size < b.length && (yield findPartner(rank))) continue
    unpaired.push(a[rank]!)
    if (all) break
    hopeless = reached
  }
  return { a: unpaired, b: b.filter((_, rank) => !partners.has(rank)) }
}
