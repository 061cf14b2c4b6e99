import { leavesAreEqual } from './children.ts'
import type { Rules } from './compile.ts'
import { matchByAsking, matchSorted, type Unpaired } from './matching.ts'
import type { PathState } from './path-state.ts'
import { childPath, childPlace, type Place } from './place.ts'
import { answer, type Question } from './question.ts'
import { numbersAreClose } from './tolerance.ts'
import { isObject, type JsonObject, jsonType } from './value.ts'
import type { Walk } from './walk.ts'

/** Two objects to be compared. */
export interface Pair {
  readonly a: JsonObject
  readonly b: JsonObject
  readonly place: Place
}

type Ask = (walk: Walk, a: JsonObject, b: JsonObject, place: Place) => Question
type Items = readonly unknown[]

/**
 * Can all items of two arrays be paired off, each with an equal one? A pair of objects without an alternative is added to
 * `left`, to be compared with what else has to be equal; only where there is a choice a question comes back.
 */
export function itemsPairOff(walk: Walk, a: Items, b: Items, place: Place, left: Pair[], ask: Ask): boolean | Question {
  const state = itemState(place)
  if (state.rules.ignored) return true
  if (a.length !== b.length) return false
  const groups = groupItems(walk, a, b, state)
  if (groups.some((group) => group.a.length !== group.b.length)) return false
  const choices: Group[] = []
  for (const group of groups) {
    const [x, y] = [a[group.a[0]!], b[group.b[0]!]]
    if (group.kind === 'numbers') {
      if (matchNumbers(group, a, b, state.rules).a.length > 0) return false
    } else if (group.kind === 'unlike') {
      if (group.a.length > 1 || !isObject(x) || !isObject(y)) choices.push(group)
      else left.push({ a: x, b: y, place: childPlace(place, group.a[0]!, state) })
    }
  }
  return choices.length === 0 || allPairOff(choices, questioner(walk, a, b, place, ask))
}

function* allPairOff(groups: readonly Group[], equal: (i: number, j: number) => Question | boolean): Question {
  for (const group of groups) {
    const unpaired = yield* matchByAsking(group.a, group.b, equal, true)
    if (unpaired.a.length > 0) return false
  }
  return true
}

/** Pairs off as many items as can be and returns those that are left. */
export function unpairedItems(walk: Walk, a: Items, b: Items, place: Place, ask: Ask): Unpaired {
  const state = itemState(place)
  if (state.rules.ignored) return { a: [], b: [] }
  const unpaired = { a: [] as number[], b: [] as number[] }
  const matchAll = function* (): Question {
    for (const group of groupItems(walk, a, b, state)) {
      const count = Math.min(group.a.length, group.b.length)
      const rest =
        group.kind === 'alike'
          ? { a: group.a.slice(count), b: group.b.slice(count) }
          : group.kind === 'numbers'
            ? matchNumbers(group, a, b, state.rules)
            : yield* matchByAsking(group.a, group.b, questioner(walk, a, b, place, ask), false)
      unpaired.a.push(...rest.a)
      unpaired.b.push(...rest.b)
    }
    return true
  }
  answer(matchAll())
  return { a: unpaired.a.sort(ascending), b: unpaired.b.sort(ascending) }
}

/** An item has no index of its own here, so that of path patterns only wildcards match it. */
function itemState(place: Place): PathState<Rules> {
  return place.state.child(undefined)
}

function questioner(
  walk: Walk,
  a: Items,
  b: Items,
  place: Place,
  ask: Ask,
): (i: number, j: number) => Question | boolean {
  const state = itemState(place)
  return (i, j) => {
    const [x, y] = [a[i], b[j]]
    if (isObject(x) && isObject(y)) return ask(walk, x, y, childPlace(place, i, state))
    return leavesAreEqual(x, y, state.rules, walk.compiled, () => childPath(place, i))
  }
}

function matchNumbers(group: Group, a: Items, b: Items, { tolerance, relativeTolerance }: Rules): Unpaired {
  return matchSorted(group.a, group.b, a, b, (x, y) => numbersAreClose(x, y, tolerance, relativeTolerance))
}

/** Items of different groups are never equal, so that most pairs need not be tried. */
interface Group {
  /** All equal; finite numbers that can be paired in order of size; or to be found out. */
  readonly kind: 'alike' | 'numbers' | 'unlike'
  readonly a: number[]
  readonly b: number[]
}

function groupItems({ compiled }: Walk, a: Items, b: Items, state: PathState<Rules>): Group[] {
  const bySize = compiled.numbersEqual === undefined && state.rules.relativeTolerance < 1
  const groups = new Map<string, Group>()
  const add = (item: unknown, index: number, side: 'a' | 'b'): void => {
    const [kind, name] = groupOf(item, state, bySize)
    let group = groups.get(name)
    if (group === undefined) {
      group = { kind, a: [], b: [] }
      groups.set(name, group)
    }
    group[side].push(index)
  }
  for (let i = 0; i < a.length; i++) add(a[i], i, 'a')
  for (let j = 0; j < b.length; j++) add(b[j], j, 'b')
  return [...groups.values()]
}

/** What equal items have in common for certain and what is found without looking deeper: types, names, strings. */
function groupOf(item: unknown, state: PathState<Rules>, bySize: boolean): [kind: Group['kind'], name: string] {
  if (isObject(item)) return ['unlike', Array.isArray(item) ? 'array' : objectGroup(item, state)]
  if (typeof item === 'symbol' || typeof item === 'function') return ['unlike', typeof item]
  if (typeof item !== 'number') return ['alike', leafGroup(item)]
  if (!bySize) return ['unlike', 'number']
  return Number.isFinite(item) ? ['numbers', 'number'] : ['alike', String(item)]
}

function objectGroup(item: JsonObject, state: PathState<Rules>): string {
  const members = Object.keys(item)
    .filter((key) => !state.child(key).rules.ignored)
    .map((key) => [key, leafGroup(item[key])] as const)
  return `object ${JSON.stringify(members.sort(([p], [q]) => (p < q ? -1 : 1)))}`
}

function leafGroup(value: unknown): string {
  const exact = typeof value === 'string' || typeof value === 'boolean' || typeof value === 'bigint'
  return exact ? `${typeof value} ${value}` : jsonType(value)
}

const ascending = (p: number, q: number) => p - q
