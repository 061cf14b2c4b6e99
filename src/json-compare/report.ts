import { type Child, childrenOf, leavesAreEqual } from './children.ts'
import { change, type JsonDifference } from './difference.ts'
import { createMemory, type Known, type Memory } from './memory.ts'
import { childPath, childPlace, type Place, pathOf } from './place.ts'
import { objectsAreEqual } from './same.ts'
import { pairOff } from './unordered.ts'
import { areLeafObjects, isObject, type JsonObject, leafObjectsAreEqual } from './value.ts'
import { mayReuse, type Step, tryFast, type Walk } from './walk.ts'

/** Without a limit of the caller's: a value that shares parts can have 2^40 differences. */
const differenceLimit = 1_000_000

/** A walk that reports every difference. */
export interface Report {
  readonly walk: Walk
  readonly memory: Memory
  readonly differences: JsonDifference[]
  readonly maxDifferences: number | undefined
}

export function startReport(walk: Walk, maxDifferences: number | undefined): Report {
  return { walk, memory: createMemory(), differences: [], maxDifferences }
}

export function add({ differences, maxDifferences }: Report, difference: JsonDifference): void {
  if (differences.length === maxDifferences) return
  if (maxDifferences === undefined && differences.length === differenceLimit) {
    throw new RangeError(`More than ${differenceLimit} differences; set \`maxDifferences\` to get the first ones`)
  }
  differences.push(difference)
}

function isFull({ differences, maxDifferences }: Report): boolean {
  return differences.length === maxDifferences
}

/** Reports the differences of two objects, in document order, and answers whether there are none. */
export function* reportObjects(report: Report, a: JsonObject, b: JsonObject, place: Place): Step {
  const { walk, differences } = report
  if (entersPlainPart(place) && tryFast(walk, a, b, place)) return true
  if (Array.isArray(a) !== Array.isArray(b) || areLeafObjects(a, b)) {
    if (Array.isArray(a) === Array.isArray(b) && leafObjectsAreEqual(a, b)) return true
    add(report, change(pathOf(place), a, b))
    return false
  }
  const before = report.memory.find(a, b, place.state)
  if (before?.inProgress) return true // a pair within itself has no differences but those reported already
  if (before !== undefined && mayReuse(walk)) return repeat(report, before, place)
  walk.visits++
  const known = before ?? report.memory.add(a, b, place.state)
  known.inProgress = true
  known.from = differences.length
  if (place.state.rules.unordered && Array.isArray(a) && Array.isArray(b)) {
    const unpaired = yield* pairOff(walk, a, b, place, false, objectsAreEqual)
    for (const i of unpaired.a) add(report, { kind: 'removed', path: childPath(place, i), a: a[i] })
    for (const j of unpaired.b) add(report, { kind: 'added', path: childPath(place, j), b: b[j] })
  } else {
    for (const child of childrenOf(a, b, place.state)) {
      if (isObject(child.a) && isObject(child.b)) {
        yield reportObjects(report, child.a, child.b, childPlace(place, child.key, child.state))
      } else {
        reportLeaf(report, child, place)
      }
      if (isFull(report)) break
    }
  }
  known.inProgress = false
  known.to = differences.length
  known.prefix = known.from < known.to ? pathOf(place).length : 0
  return known.from === known.to
}

function reportLeaf(report: Report, child: Child, place: Place): void {
  const { a, b, key, state } = child
  if (child.in === 'a') add(report, { kind: 'removed', path: childPath(place, key), a })
  else if (child.in === 'b') add(report, { kind: 'added', path: childPath(place, key), b })
  else if (!leavesAreEqual(a, b, state.rules, report.walk.compiled, () => childPath(place, key))) {
    add(report, change(childPath(place, key), a, b))
  }
}

/** Reports what was found below this pair once more, under its new path. */
function repeat(report: Report, { from, to, prefix }: Known, place: Place): boolean {
  const { differences } = report
  for (let i = from; i < to && !isFull(report); i++) {
    const difference = differences[i]!
    add(report, { ...difference, path: pathOf(place) + difference.path.slice(prefix) })
  }
  return from === to
}

/** Asking the fast comparison once, where patterns end, keeps the walk linear: further down the answer is known. */
function entersPlainPart({ state, parent }: Place): boolean {
  return state.settled && !parent?.state.settled
}
