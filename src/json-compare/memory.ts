import type { Pair } from './pair.ts'

/** Remembers what was found out about pairs of objects, in each state of the path patterns. */
export interface Memory<Finding> {
  get(pair: Pair): Finding | undefined
  set(pair: Pair, finding: Finding): void
  /** Forgets a pair in all states. */
  delete(pair: Pair): void
}

/** What is known of a pair, linked to what is known of it in other states. */
interface Known<Finding> {
  readonly state: Pair['state']
  readonly finding: Finding
  readonly next: Known<Finding> | undefined
}

export function createMemory<Finding>(): Memory<Finding> {
  const entries = new Map<object, Map<object, Known<Finding>>>()
  return {
    get({ a, b, state }) {
      let known = entries.get(a)?.get(b)
      while (known && known.state !== state) known = known.next
      return known?.finding
    },
    set({ a, b, state }, finding) {
      const others = entries.get(a) ?? new Map<object, Known<Finding>>()
      entries.set(a, others.set(b, { state, finding, next: others.get(b) }))
    },
    delete: ({ a, b }) => void entries.get(a)?.delete(b),
  }
}
