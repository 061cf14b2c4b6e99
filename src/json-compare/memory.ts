import type { Rules } from './compile.ts'
import type { PathState } from './path-state.ts'

/** What is known about a pair of objects in a state of the path patterns. */
export interface Known {
  readonly b: object
  readonly state: PathState<Rules>
  /** The same two objects in another state. */
  readonly next: Known | undefined
  /** Undefined while the pair is being compared, and after what was known has been taken back. */
  equal: boolean | undefined
  inProgress: boolean
  /** The differences found below: those of the report from index `from` up to `to`, whose paths begin with `prefix` characters. */
  from: number
  to: number
  prefix: number
}

/** Remembers pairs of objects. */
export interface Memory {
  find(a: object, b: object, state: PathState<Rules>): Known | undefined
  add(a: object, b: object, state: PathState<Rules>): Known
}

/** A Map holds 2^24 entries and not one more; a document of `[[[]],[[]],…` of 85 MB has as many pairs. */
const mapLimit = 2 ** 24

export function createMemory(limit: number = mapLimit): Memory {
  // Nearly every object is compared with one other only, which then needs no map of its own.
  const pages: Map<object, Known | Map<object, Known>>[] = [new Map()]
  const pageOf = (a: object) => pages.find((page) => page.has(a))

  const chain = (a: object, b: object): Known | undefined => {
    const entry = pageOf(a)?.get(a)
    if (entry instanceof Map) return entry.get(b)
    return entry?.b === b ? entry : undefined
  }
  return {
    find(a, b, state) {
      let known = chain(a, b)
      while (known !== undefined && known.state !== state) known = known.next
      return known
    },
    add(a, b, state) {
      const known: Known = {
        b,
        state,
        next: chain(a, b),
        equal: undefined,
        inProgress: true,
        from: 0,
        to: 0,
        prefix: 0,
      }
      const page = pageOf(a) ?? lastPage(pages, limit)
      const entry = page.get(a)
      if (entry instanceof Map) entry.set(b, known)
      else if (entry === undefined || entry.b === b) page.set(a, known)
      else
        page.set(
          a,
          new Map([
            [entry.b, entry],
            [b, known],
          ]),
        )
      return known
    },
  }
}

function lastPage<Key, Value>(pages: Map<Key, Value>[], limit: number): Map<Key, Value> {
  const last = pages.at(-1)
  if (last !== undefined && last.size < limit) return last
  const page = new Map<Key, Value>()
  pages.push(page)
  return page
}
