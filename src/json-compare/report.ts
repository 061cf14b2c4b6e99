import { type Child, childrenOf, leavesAreEqual } from './children.ts'
import { change, type JsonDifference } from './difference.ts'
import { createMemory, type Known, type Memory } from './memory.ts'
import { childPath, childPlace, type Place, pathOf } from './place.ts'
import { areEqual } from './same.ts'
import { type Pair, unpairedItems } from './unordered.ts'
import { areLeafObjects, isObject, leafObjectsAreEqual } from './value.ts'
import { mayReuse, tryFast, type Walk } from './walk.ts'

/** Without a limit of the caller's: values that share parts can have 2^40 differences. */
const differenceLimit = 1_000_000

/** The differences found below a pair: those from index `from` up to `to`, whose paths begin with `prefix` characters. */
interface Found {
  readonly from: number
  readonly to: number
  readonly prefix: number
}

interface Report {
  readonly walk: Walk
  /** Undefined while the pair is being looked into. */
  readonly memory: Memory<Found | undefined>
  readonly differences: JsonDifference[]
  readonly maxDifferences: number | undefined
}

/** A pair that is being looked into. */
interface Frame {
  readonly place: Place
  readonly known: Known<Found | undefined>
  readonly from: number
  readonly children: readonly Child[]
  next: number
}

/** The differences of two objects, in document order. */
export function reportDifferences(walk: Walk, pair: Pair, maxDifferences: number | undefined): JsonDifference[] {
  const report: Report = { walk, memory: createMemory(), differences: [], maxDifferences }
  const { differences } = report
  const frames: Frame[] = []
  open(report, pair, frames)
  for (let frame = frames.at(-1); frame !== undefined; frame = frames.at(-1)) {
    if (differences.length === maxDifferences) return differences
    const { place, known, from } = frame
    const child = frame.children[frame.next++]
    if (child === undefined) {
      const to = differences.length
      known.finding = { from, to, prefix: from < to ? pathOf(place).length : 0 }
      frames.pop()
    } else if (isObject(child.a) && isObject(child.b)) {
      open(report, { a: child.a, b: child.b, place: childPlace(place, child.key, child.state) }, frames)
    } else {
      reportLeaf(report, child, place)
    }
  }
  return differences
}

/** Reports what can be told of a pair at once; what has to be looked into becomes a frame. */
function open(report: Report, { a, b, place }: Pair, frames: Frame[]): void {
  const { walk, memory, differences } = report
  // On the way to a difference this is asked on each level, of which the number of visits it has left is the limit.
  if (place.parent !== undefined && tryFast(walk, a, b, place)) return
  const alike = Array.isArray(a) === Array.isArray(b)
  if (!alike || areLeafObjects(a, b)) {
    if (!alike || !leafObjectsAreEqual(a, b)) add(report, change(pathOf(place), a, b))
    return
  }
  let known = memory.find(a, b, place.state)
  if (known !== undefined) {
    if (known.finding === undefined) return // within itself a pair has no differences but those it has
    if (mayReuse(walk)) {
      repeat(report, known.finding, pathOf(place))
      return
    }
    known.finding = undefined
  }
  walk.visits++
  known ??= memory.add(a, b, place.state, undefined)
  const from = differences.length
  const inAnyOrder = place.state.rules.unordered && Array.isArray(a) && Array.isArray(b)
  if (inAnyOrder) reportItems(report, { a, b, place })
  frames.push({ place, known, from, children: inAnyOrder ? [] : childrenOf(a, b, place.state), next: 0 })
}

function reportItems(report: Report, { a, b, place }: Pair): void {
  if (!Array.isArray(a) || !Array.isArray(b)) return
  const unpaired = unpairedItems(report.walk, a, b, place, areEqual)
  for (const i of unpaired.a) add(report, { kind: 'removed', path: childPath(place, i), a: a[i] })
  for (const j of unpaired.b) add(report, { kind: 'added', path: childPath(place, j), b: b[j] })
}

function reportLeaf(report: Report, { in: side, key, state, a, b }: Child, place: Place): void {
  if (side === 'a') add(report, { kind: 'removed', path: childPath(place, key), a })
  else if (side === 'b') add(report, { kind: 'added', path: childPath(place, key), b })
  else if (!leavesAreEqual(a, b, state.rules, report.walk.compiled, () => childPath(place, key))) {
    add(report, change(childPath(place, key), a, b))
  }
}

/** Reports what was found below a pair once more, under its new path. */
function repeat(report: Report, { from, to, prefix }: Found, path: string): void {
  for (let i = from; i < to; i++) {
    const difference = report.differences[i]!
    add(report, { ...difference, path: path + difference.path.slice(prefix) })
  }
}

function add({ differences, maxDifferences }: Report, difference: JsonDifference): void {
  if (differences.length === maxDifferences) return
  if (maxDifferences === undefined && differences.length === differenceLimit) {
    throw new RangeError(`More than ${differenceLimit} differences; set \`maxDifferences\` to get the first ones`)
  }
  differences.push(difference)
}
