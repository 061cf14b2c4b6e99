/**
 * What is known about path patterns at one place of a document: a state of the automaton of all patterns, made when it
 * is first met. Places where the same patterns can still match share one state, so that a pair of values seen again in
 * the same state needs no second look.
 */
export interface PathState<Rules> {
  /** What holds at this very place. */
  readonly rules: Rules
  /** True where no pattern can match here or anywhere below. */
  readonly settled: boolean
  /** The state of a child; undefined stands for an item without an index of its own, which only wildcards match. */
  child(key: string | number | undefined): PathState<Rules>
}

/** The keys of a pattern, in which `*` stands for any one key and `**` for any number of them, and what it is for. */
export type Pattern<Purpose> = readonly [...keys: string[], purpose: Purpose]

/**
 * The state of the root. `rulesOf` is given the purposes of the patterns that match a place, in their order.
 *
 * All patterns are laid out one behind the other, so that an index says which pattern it is and how far it has matched.
 */
export function rootState<Purpose extends object, Rules>(
  patterns: readonly Pattern<Purpose>[],
  rulesOf: (matching: readonly Purpose[]) => Rules,
): PathState<Rules> {
  const layout = patterns.flat()
  const states = new Map<string, PathState<Rules>>()

  /** The index itself, and those after it that are reached without a key, because `**` may stand for nothing. */
  const closure = (index: number): number[] => (layout[index] === '**' ? [index, ...closure(index + 1)] : [index])

  const step = (index: number, key: unknown): number[] => {
    const expected = layout[index]
    if (expected === '**') return closure(index)
    return expected === '*' || expected === key ? closure(index + 1) : []
  }

  const stateOf = (indexes: readonly number[]): PathState<Rules> => {
    const id = indexes.join()
    let state = states.get(id)
    if (state === undefined) {
      const here = indexes.map((index) => layout[index])
      const children = new Map<string | undefined, PathState<Rules>>()
      state = {
        rules: rulesOf(here.filter((each) => typeof each === 'object')),
        settled: indexes.length === 0,
        child(key) {
          const name = String(key)
          const named = key !== undefined && here.includes(name) ? name : undefined
          let child = children.get(named)
          if (child === undefined) {
            child = stateOf([...new Set(indexes.flatMap((index) => step(index, named)))])
            children.set(named, child)
          }
          return child
        },
      }
      states.set(id, state)
    }
    return state
  }
  let start = 0
  return stateOf(
    patterns.flatMap(({ length }) => {
      start += length
      return closure(start - length)
    }),
  )
}
