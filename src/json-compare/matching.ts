/** The indexes of the items of two arrays that have no partner, ascending. */
export interface Unpaired {
  readonly a: readonly number[]
  readonly b: readonly number[]
}

/**
 * Pairs as many numbers as can be where being close means being near on the line: smallest with smallest. For numbers
 * x < y < z of which x and z are close, the rule makes y close to both (relative tolerance below 1), so that leaving a
 * number out that fits never helps.
 */
export function matchSorted(
  a: readonly number[],
  b: readonly number[],
  valuesOfA: readonly unknown[],
  valuesOfB: readonly unknown[],
  areClose: (x: number, y: number) => boolean,
): Unpaired {
  const left = sorted(a, valuesOfA)
  const right = sorted(b, valuesOfB)
  const unpaired = { a: [] as number[], b: [] as number[] }
  let i = 0
  let j = 0
  while (i < left.length && j < right.length) {
    const [x, y] = [left[i]!, right[j]!]
    const close = areClose(x.value, y.value)
    if (!close && x.value < y.value) unpaired.a.push(x.index)
    if (!close && x.value > y.value) unpaired.b.push(y.index)
    if (close || x.value < y.value) i++
    if (close || x.value > y.value) j++
  }
  unpaired.a.push(...left.slice(i).map(({ index }) => index))
  unpaired.b.push(...right.slice(j).map(({ index }) => index))
  return unpaired
}

/**
 * A maximum matching of a bipartite graph whose edges are found by asking. First every item is tried with the one at its
 * own index; then, for each that is left, an augmenting path is looked for (breadth first), which turns it into one more
 * pair. What a search without success has reached can be in no later path, and is left out.
 *
 * `equal` answers at once, or with a question that is yielded and answered on resuming. With `all` the search ends at the
 * first item that cannot have a partner.
 */
export function* matchByAsking<Question>(
  a: readonly number[],
  b: readonly number[],
  equal: (i: number, j: number) => Question | boolean,
  all: boolean,
): Generator<Question, Unpaired, boolean> {
  const partnerOfA = new Map<number, number>()
  const partnerOfB = new Map<number, number>()
  const inB = new Set(b)
  for (const i of a) {
    if (!inB.has(i)) continue
    const answer = equal(i, i)
    if (typeof answer === 'boolean' ? answer : yield answer) {
      partnerOfA.set(i, i)
      partnerOfB.set(i, i)
    }
  }
  const reachable = new Set(b)
  const unpaired: number[] = []
  for (const i of a) {
    if (partnerOfA.has(i)) continue
    const reachedFrom = new Map<number, number>()
    const end = partnerOfB.size < b.length ? yield* search(i, reachable, partnerOfB, reachedFrom, equal) : undefined
    if (end === undefined) {
      unpaired.push(i)
      if (all) break
      for (const j of reachedFrom.keys()) reachable.delete(j)
    }
    // Along the path every pair is exchanged for the next, from the free end back to i.
    for (let j = end; j !== undefined; ) {
      const from: number = reachedFrom.get(j)!
      const before = partnerOfA.get(from)
      partnerOfA.set(from, j)
      partnerOfB.set(j, from)
      j = before
    }
  }
  return { a: unpaired, b: b.filter((j) => !partnerOfB.has(j)) }
}

/** The free end of an augmenting path that starts at `start`; `reachedFrom` tells the way. */
function* search<Question>(
  start: number,
  reachable: ReadonlySet<number>,
  partnerOfB: ReadonlyMap<number, number>,
  reachedFrom: Map<number, number>,
  equal: (i: number, j: number) => Question | boolean,
): Generator<Question, number | undefined, boolean> {
  const queue = [start]
  for (const i of queue) {
    for (const j of reachable) {
      if (reachedFrom.has(j)) continue
      const answer = equal(i, j)
      if (!(typeof answer === 'boolean' ? answer : yield answer)) continue
      reachedFrom.set(j, i)
      const next = partnerOfB.get(j)
      if (next === undefined) return j
      queue.push(next)
    }
  }
  return undefined
}

function sorted(indexes: readonly number[], values: readonly unknown[]): { index: number; value: number }[] {
  return indexes.map((index) => ({ index, value: Number(values[index]) })).sort((x, y) => x.value - y.value)
}
