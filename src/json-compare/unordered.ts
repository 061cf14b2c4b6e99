import { leavesAreEqual } from './children.ts'
import type { Rules } from './compile.ts'
import { type Indexes, pairOff } from './matching.ts'
import { childPath, type Pair } from './pair.ts'
import type { PathState } from './path-state.ts'
import type { Question } from './question.ts'
import { numbersAreClose } from './tolerance.ts'
import { isObject } from './value.ts'
import type { Walk } from './walk.ts'

export type Ask = (walk: Walk, pair: Pair) => Question

/**
 * Two arrays, and the state of their items: an item has no index of its own here, so that of path patterns only
 * wildcards match it.
 */
export interface Lists {
  readonly a: readonly unknown[]
  readonly b: readonly unknown[]
  readonly path: string
  readonly state: PathState<Rules>
}

/**
 * Can all items of two arrays be paired off, each with an equal one? A pair of objects without an alternative is added to
 * `left`, to be compared with what else has to be equal; only where there is a choice it asks.
 */
export function* itemsPairOff(walk: Walk, lists: Lists, left: Pair[], ask: Ask): Question {
  const { a, b, path, state } = lists
  const groups = [...groupItems(walk, lists)]
  if (groups.some(([, group]) => group.a.length !== group.b.length)) return false
  for (const [name, group] of groups) {
    const i = group.a[0]!
    const [x, y] = [a[i], b[group.b[0]!]]
    if (name === sortable) {
      if (!numbersPairOff(group, lists)) return false
    } else if (group.a.length === 1 && isObject(x) && isObject(y)) {
      left.push({ a: x, b: y, path: childPath(path, i), state })
    } else {
      const unpaired = yield* pairOff(group, questioner(walk, lists, ask), true)
      if (unpaired.a.length > 0) return false
    }
  }
  return true
}

export function questioner(
  walk: Walk,
  { a, b, path, state }: Lists,
  ask: Ask,
): (i: number, j: number) => Question | boolean {
  return (i, j) => {
    const [x, y] = [a[i], b[j]]
    if (isObject(x) && isObject(y)) return ask(walk, { a: x, b: y, path: childPath(path, i), state })
    return leavesAreEqual(x, y, state.rules, walk.compiled, () => childPath(path, i))
  }
}

/** Finite numbers of two arrays can be paired off if they can be in order of size, see `match-numbers.ts`. */
function numbersPairOff(group: Indexes, { a, b, state }: Lists): boolean {
  const { tolerance, relativeTolerance } = state.rules
  const bySize = (indexes: readonly number[], items: readonly unknown[]): Float64Array =>
    Float64Array.from(indexes, (index) => Number(items[index])).sort()
  const others = bySize(group.b, b)
  return bySize(group.a, a).every((x, rank) => numbersAreClose(x, others[rank]!, tolerance, relativeTolerance))
}

/** The name of the group of finite numbers, if they can be paired by size. */
export const sortable = ''

/** Items of different groups are never equal, so that most pairs need not be tried. */
export function groupItems({ compiled }: Walk, { a, b, state }: Lists): Map<string, Indexes> {
  const bySize = compiled.numbersEqual === undefined && state.rules.relativeTolerance < 1
  const groups = new Map<string, Indexes>()
  for (const side of state.rules.ignored ? [] : (['a', 'b'] as const)) {
    for (const [index, item] of { a, b }[side].entries()) {
      const name = Number.isFinite(item) && bySize ? sortable : groupOf(item, state)
      const group = groups.get(name) ?? { a: [], b: [] }
      group[side].push(index)
      groups.set(name, group)
    }
  }
  return groups
}

/** What equal items have in common for certain and what is found without looking deeper: types, names, strings. */
function groupOf(item: unknown, state: PathState<Rules>): string {
  if (!isObject(item) || Array.isArray(item)) return leafGroup(item)
  const keys = Object.keys(item).filter((key) => !state.child(key).rules.ignored)
  // Two groups that get one name by accident do no harm, so that the name may be short.
  const members = keys.sort().slice(0, 20)
  return `${keys.length}${members.map((key) => key + leafGroup(item[key]).slice(0, 64))}`
}

function leafGroup(value: unknown): string {
  return typeof value + (/string|boolean|bigint/.test(typeof value) ? value : Array.isArray(value))
}
