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
  readonly pair: Pair
  readonly finding: Finding
  readonly next: Known<Finding> | undefined
}

export function createMemory<Finding>(): Memory<Finding> {
  // Nearly every object is compared with one other only, and does without a map of its own: that is half of the time.
  const entries = new Map<object, Known<Finding> | Map<object, Known<Finding>>>()
  const latest = ({ a, b }: Pair): Known<Finding> | undefined => {
    const entry = entries.get(a)
    if (entry instanceof Map) return entry.get(b)
    return entry?.pair.b === b ? entry : undefined
  }
  return {
    get(pair) {
      let known = latest(pair)
      while (known && known.pair.state !== pair.state) known = known.next
      return known?.finding
    },
    set(pair, finding) {
      const { a, b } = pair
      const known: Known<Finding> = { pair, finding, next: latest(pair) }
      const entry = entries.get(a)
      if (entry instanceof Map) entry.set(b, known)
      else if (!entry || entry.pair.b === b) entries.set(a, known)
      else entries.set(a, new Map([entry, known].map((each) => [each.pair.b, each])))
    },
    delete({ a, b }) {
      const entry = entries.get(a)
      if (entry instanceof Map) entry.delete(b)
      else if (entry?.pair.b === b) entries.delete(a)
    },
  }
}
