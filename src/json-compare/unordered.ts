import { leavesAreEqual } from './children.ts'
import type { Rules } from './compile.ts'
import { matchByAsking, matchSorted, type Unpaired } from './matching.ts'
import type { PathState } from './path-state.ts'
import { childPath, childPlace, type Place } from './place.ts'
import { numbersAreClose } from './tolerance.ts'
import { isObject, type JsonObject, jsonType } from './value.ts'
import type { Step, Walk } from './walk.ts'

/**
 * Pairs off the equal items of two arrays, whatever their order, and returns those that have no partner. With `all` it
 * may stop at the first. Being close is not transitive, so that taking the first partner that fits is wrong: 0 and 4e-6
 * can be paired with 4e-6 and 8e-6 in one way only.
 */
export function* pairOff(
  walk: Walk,
  a: readonly unknown[],
  b: readonly unknown[],
  place: Place,
  all: boolean,
  compare: (walk: Walk, a: JsonObject, b: JsonObject, place: Place) => Step,
): Generator<Step, Unpaired, boolean> {
  // An item has no index of its own here, so that of path patterns only wildcards match it.
  const state = place.state.child(undefined)
  const unpaired = { a: [] as number[], b: [] as number[] }
  if (state.rules.ignored) return unpaired
  const { tolerance, relativeTolerance } = state.rules
  const close = (x: number, y: number) => numbersAreClose(x, y, tolerance, relativeTolerance)
  const equal = (i: number, j: number): Step | boolean => {
    const [x, y] = [a[i], b[j]]
    if (isObject(x) && isObject(y)) return compare(walk, x, y, childPlace(place, i, state))
    return leavesAreEqual(x, y, state.rules, walk.compiled, () => childPath(place, i))
  }
  const inOrder = walk.compiled.numbersEqual === undefined && relativeTolerance < 1
  for (const [name, group] of groupItems(a, b, state)) {
    const left =
      name === 'number' && inOrder
        ? matchSorted(group.a, group.b, a, b, close)
        : yield* matchByAsking<Step>(group.a, group.b, equal, all)
    unpaired.a.push(...left.a)
    unpaired.b.push(...left.b)
    if (all && unpaired.a.length + unpaired.b.length > 0) break
  }
  return { a: unpaired.a.sort(ascending), b: unpaired.b.sort(ascending) }
}

interface Group {
  readonly a: number[]
  readonly b: number[]
}

/** Items of different groups are never equal, so that most pairs need not be tried. */
function groupItems(a: readonly unknown[], b: readonly unknown[], state: PathState<Rules>): Map<string, Group> {
  const groups = new Map<string, Group>()
  for (const [side, items] of [
    ['a', a],
    ['b', b],
  ] as const) {
    for (let index = 0; index < items.length; index++) {
      const name = groupOf(items[index], state)
      let group = groups.get(name)
      if (group === undefined) {
        group = { a: [], b: [] }
        groups.set(name, group)
      }
      group[side].push(index)
    }
  }
  return groups
}

/** All that equal items have in common for certain and that is found without looking deeper: names, strings, types. */
function groupOf(item: unknown, state: PathState<Rules>): string {
  if (!isObject(item) || Array.isArray(item)) return leafGroup(item)
  const members = Object.keys(item)
    .filter((key) => !state.child(key).rules.ignored)
    .map((key) => [key, leafGroup(item[key])])
  return `object ${JSON.stringify(members.sort(([p = ''], [q = '']) => (p < q ? -1 : 1)))}`
}

function leafGroup(value: unknown): string {
  switch (typeof value) {
    case 'string':
    case 'boolean':
    case 'bigint':
      return `${typeof value} ${value}`
    default:
      return jsonType(value)
  }
}

const ascending = (p: number, q: number) => p - q
