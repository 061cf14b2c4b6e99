import { type Child, childrenOf, leavesAreEqual } from './children.ts'
import { change, type JsonDifference } from './difference.ts'
import { createMemory, type Memory } from './memory.ts'
import { childPath, type Pair } from './pair.ts'
import { areEqual } from './same.ts'
import type { Lists } from './unordered.ts'
import { unpairedItems } from './unpaired.ts'
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
  readonly memory: Memory<Found | 'being looked into'>
  readonly differences: JsonDifference[]
  readonly maxDifferences: number | undefined
}

/** A pair that is being looked into. */
interface Frame {
  readonly pair: Pair
  readonly from: number
  readonly children: Iterator<Child, undefined>
}

/** The differences of two objects, in document order. */
export function reportDifferences(walk: Walk, pair: Pair, maxDifferences: number | undefined): JsonDifference[] {
  const report: Report = { walk, memory: createMemory(), differences: [], maxDifferences }
  const { differences, memory } = report
  const frames: Frame[] = []
  open(report, pair, frames)
  for (let frame = frames.at(-1); frame !== undefined; frame = frames.at(-1)) {
    if (differences.length === maxDifferences) return differences
    const { pair, from } = frame
    const child = frame.children.next().value
    if (child === undefined) {
      memory.set(pair, { from, to: differences.length, prefix: pair.path.length })
      frames.pop()
    } else if (isObject(child.a) && isObject(child.b)) {
      open(report, { a: child.a, b: child.b, path: childPath(pair.path, child.key), state: child.state }, frames)
    } else {
      reportLeaf(report, child, childPath(pair.path, child.key))
    }
  }
  return differences
}

/** Reports what can be told of a pair at once; what has to be looked into becomes a frame. */
function open(report: Report, pair: Pair, frames: Frame[]): void {
  const { a, b, path, state } = pair
  const { walk, memory, differences } = report
  // On the way to a difference this is asked on each level, of which the number of visits it has left is the limit.
  if (path !== '' && tryFast(state, walk.fast, a, b)) return
  const alike = Array.isArray(a) === Array.isArray(b)
  if (!alike || areLeafObjects(a, b)) {
    if (!alike || !leafObjectsAreEqual(a, b)) add(report, change(path, a, b))
    return
  }
  const found = memory.get(pair)
  if (found === 'being looked into') return // within itself a pair has no differences but those it has
  if (found !== undefined && mayReuse(walk)) {
    repeat(report, found, path)
    return
  }
  memory.set(pair, 'being looked into')
  const from = differences.length
  const inAnyOrder = state.rules.unordered && Array.isArray(a) && Array.isArray(b)
  if (inAnyOrder) reportItems(report, { a, b, path, state: state.child(undefined) })
  frames.push({ pair, from, children: inAnyOrder ? [].values() : childrenOf(pair) })
}

function reportItems(report: Report, lists: Lists): void {
  const { a, b, path } = lists
  const unpaired = unpairedItems(report.walk, lists, areEqual)
  for (const i of unpaired.a) add(report, { kind: 'removed', path: childPath(path, i), a: a[i] })
  for (const j of unpaired.b) add(report, { kind: 'added', path: childPath(path, j), b: b[j] })
}

function reportLeaf(report: Report, { state, inA, inB, a, b }: Child, path: string): void {
  if (!inB) add(report, { kind: 'removed', path, a })
  else if (!inA) add(report, { kind: 'added', path, b })
  else if (!leavesAreEqual(a, b, state.rules, report.walk.compiled, () => path)) add(report, change(path, a, b))
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
