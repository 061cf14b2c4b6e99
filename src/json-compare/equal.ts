import { numbersAreClose } from './tolerance.ts'
import { areLeafObjects, hasKey, isObject, type JsonObject, leafObjectsAreEqual } from './value.ts'

// The fast comparison: one tolerance, array order counts, no patterns. It is written for the optimising compiler, and
// each of these was measured (ratio to fast-deep-equal in one run, see docs/benchmarks.md):
// - keys are compared by position first, and looked up only on a mismatch: among few keys by a search in the list, which
//   was 1.5 times as fast as asking the object (1.33 against .88 with all keys reversed)
// - objects of few keys in the same order are compared as lists of their values: +15 % on small objects; on large
//   dictionaries it costs half of the speed, hence the limit
// - values and items have loops of their own, so that each sees few kinds of arrays: +10 % on documents
// - so have the leading numbers of an array, in which doubles stay unboxed: .9 became 2.8
// It may give up (too deep, too much); the thorough comparison then takes over, and must give the same answer.

export interface Tolerances {
  readonly tolerance: number
  readonly relativeTolerance: number
}

/** The state of one comparison. Passed down rather than kept, so that getters may compare again meanwhile. */
export interface FastRun {
  readonly rules: Tolerances
  /** Objects that may still be visited. A value that holds itself, or shares parts 2^40 times, uses them up. */
  left: number
  /** True once the answer `false` means "do not know". */
  gaveUp: boolean
}

/** Deeper than this the stack of small threads is in danger. */
const depthLimit = 500
/** As many as 400 MB of usual JSON have; a bomb uses them up in half a second. */
const visitLimit = 1 << 22
const fewKeys = 24

/** It gives up at once where there is more to compare by than a tolerance. */
export function fastRun({ rules, plain }: { readonly rules: Tolerances; readonly plain: boolean }): FastRun {
  return { rules, left: visitLimit, gaveUp: !plain }
}

/** Undefined means that it has given up. */
export function fastEqual(a: unknown, b: unknown, run: FastRun): boolean | undefined {
  return a === b || unlikeAreEqual(a, b, depthLimit, run) || (run.gaveUp ? undefined : false)
}

/** Expects a !== b. */
function unlikeAreEqual(a: unknown, b: unknown, depth: number, run: FastRun): boolean {
  if (typeof a === 'number') {
    return typeof b === 'number' && numbersAreClose(a, b, run.rules.tolerance, run.rules.relativeTolerance)
  }
  return isObject(a) && isObject(b) && objectsAreEqual(a, b, depth, run)
}

function objectsAreEqual(a: JsonObject, b: JsonObject, depth: number, run: FastRun): boolean {
  if (depth === 0 || --run.left < 0) {
    run.gaveUp = true
    return false
  }
  if (Array.isArray(a)) return Array.isArray(b) && arraysAreEqual(a, b, depth - 1, run)
  if (Array.isArray(b)) return false
  const keys = Object.keys(a)
  const others = Object.keys(b)
  const { length } = keys
  if (length !== others.length) return false
  if (length === 0 || keys[0] === '0') {
    if (areLeafObjects(a, b)) return leafObjectsAreEqual(a, b)
    if (length === 0) return true
  }
  if (length <= fewKeys) {
    let i = 0
    while (i < length && keys[i] === others[i]) i++
    if (i === length) return valuesAreEqual(Object.values(a), Object.values(b), depth - 1, run)
  }
  for (let i = 0; i < length; i++) {
    const key = keys[i]!
    if (key !== others[i] && !(length <= fewKeys ? others.includes(key) : hasKey(b, key))) return false
    const x = a[key]
    const y = b[key]
    if (x !== y && !unlikeAreEqual(x, y, depth - 1, run)) return false
  }
  return true
}

function valuesAreEqual(a: readonly unknown[], b: readonly unknown[], depth: number, run: FastRun): boolean {
  for (let i = 0; i < a.length; i++) {
    const x = a[i]
    const y = b[i]
    if (x !== y && !unlikeAreEqual(x, y, depth, run)) return false
  }
  return true
}

function arraysAreEqual(a: readonly unknown[], b: readonly unknown[], depth: number, run: FastRun): boolean {
  const { length } = a
  if (length !== b.length) return false
  let i = 0
  if (length > 8 && typeof a[0] === 'number') i = equalNumbers(a, b, run)
  for (; i < length; i++) {
    const x = a[i]
    const y = b[i]
    if (x === y) continue
    if (!unlikeAreEqual(x, y, depth, run)) return false
  }
  return true
}

/** How many of the leading items are numbers on both sides, and equal. */
function equalNumbers(a: readonly unknown[], b: readonly unknown[], run: FastRun): number {
  const { tolerance, relativeTolerance } = run.rules
  const length = Math.min(a.length, b.length) // known to be equal; said again, it saves the bounds checks: 10 %
  let i = 0
  for (; i < length; i++) {
    const x = a[i]
    const y = b[i]
    if (typeof x !== 'number' || typeof y !== 'number') break
    if (!(Math.abs(x - y) <= tolerance) && !numbersAreClose(x, y, tolerance, relativeTolerance)) break
  }
  return i
}
