import type { Rules } from './compile.ts'
import type { PathState } from './path-state.ts'

/** What has been found out about a pair of objects in one state of the path patterns. */
export interface Known<Finding> {
  readonly b: object
  readonly state: PathState<Rules>
  /** The same two objects in another state. */
  readonly next: Known<Finding> | undefined
  finding: Finding
}

/** Remembers pairs of objects. */
export interface Memory<Finding> {
  find(a: object, b: object, state: PathState<Rules>): Known<Finding> | undefined
  add(a: object, b: object, state: PathState<Rules>, finding: Finding): Known<Finding>
}

/** A Map holds 2^24 entries and not one more; a document of 85 MB can have as many pairs: `[[[]],[[]],…`. */
const mapLimit = 2 ** 24

export function createMemory<Finding>(limit: number = mapLimit): Memory<Finding> {
  // Nearly every object is compared with one other only, which then needs no map of its own.
  type Page = Map<object, Known<Finding> | Map<object, Known<Finding>>>
  const pages: Page[] = [new Map()]
  const pageOf = (a: object): Page | undefined => pages.find((page) => page.has(a))
  const pageForNew = (): Page => {
    const last = pages.at(-1)
    if (last !== undefined && last.size < limit) return last
    const page: Page = new Map()
    pages.push(page)
    return page
  }
  const latest = (a: object, b: object): Known<Finding> | undefined => {
    const entry = pageOf(a)?.get(a)
    if (entry instanceof Map) return entry.get(b)
    return entry?.b === b ? entry : undefined
  }
  return {
    find(a, b, state) {
      let known = latest(a, b)
      while (known !== undefined && known.state !== state) known = known.next
      return known
    },
    add(a, b, state, finding) {
      const known: Known<Finding> = { b, state, next: latest(a, b), finding }
      const page = pageOf(a) ?? pageForNew()
      const entry = page.get(a)
      if (entry instanceof Map) entry.set(b, known)
      else if (entry === undefined || entry.b === b) page.set(a, known)
      else page.set(a, new Map([entry, known].map((each) => [each.b, each])))
      return known
    },
  }
}
