/**
 * What is known about the patterns at one place of a document: the automaton of all patterns, its states made when they
 * are first met. Places where the same patterns can still match share one state, so that a pair of values seen again
 * in the same state needs no second look.
 */
export interface PathState<Rules> {
  /** What the patterns that match this very place say. */
  readonly rules: Rules
  /** True where no pattern can match here or anywhere below. */
  readonly settled: boolean
  /** The state of a child; undefined stands for an item without an index of its own, which only wildcards match. */
  child(key: string | number | undefined): PathState<Rules>
}

type Pattern = readonly string[]
/** A pattern and how many of its segments are behind us. */
type Position = readonly [pattern: number, segment: number]

/**
 * The state of the root. In a pattern the segment `*` matches any one key and `**` any number of them.
 * `rulesOf` is given the indexes of the patterns that match a place, in ascending order.
 */
export function rootState<Rules>(
  patterns: readonly Pattern[],
  rulesOf: (matching: readonly number[]) => Rules,
): PathState<Rules> {
  const states = new Map<string, PathState<Rules>>()

  const stateOf = (positions: readonly Position[]): PathState<Rules> => {
    const id = positions.join(';')
    const known = states.get(id)
    if (known !== undefined) return known
    const ends = positions.filter(([pattern, segment]) => segment === patterns[pattern]?.length)
    const names = new Set(positions.map(([pattern, segment]) => patterns[pattern]?.[segment]).filter(isName))
    const children = new Map<string | undefined, PathState<Rules>>()
    const state: PathState<Rules> = {
      rules: rulesOf(ends.map(([pattern]) => pattern)),
      settled: positions.length === 0,
      child(key) {
        if (positions.length === 0) return state
        const name = key !== undefined && names.size > 0 && names.has(String(key)) ? String(key) : undefined
        let child = children.get(name)
        if (child === undefined) {
          child = stateOf(step(patterns, positions, name))
          children.set(name, child)
        }
        return child
      },
    }
    states.set(id, state)
    return state
  }
  return stateOf(patterns.flatMap((_, pattern) => closure(patterns, [pattern, 0])))
}

function isName(segment: string | undefined): segment is string {
  return segment !== undefined && segment !== '*' && segment !== '**'
}

/** Where the patterns stand after one more key; undefined is a key that no pattern names. */
function step(patterns: readonly Pattern[], positions: readonly Position[], key: string | undefined): Position[] {
  const next = positions.flatMap(([pattern, segment]): Position[] => {
    const expected = patterns[pattern]?.[segment]
    if (expected === '**') return closure(patterns, [pattern, segment])
    if (expected === '*' || (expected !== undefined && expected === key))
      return closure(patterns, [pattern, segment + 1])
    return []
  })
  const distinct = new Map(next.map((position) => [position.join(), position]))
  return [...distinct.values()].sort((p, q) => p[0] - q[0] || p[1] - q[1])
}

/** A position, and those after it that are reached without a key, because `**` may match nothing. */
function closure(patterns: readonly Pattern[], [pattern, segment]: Position): Position[] {
  const here: Position = [pattern, segment]
  return patterns[pattern]?.[segment] === '**' ? [here, ...closure(patterns, [pattern, segment + 1])] : [here]
}
