import { childrenOf, leavesAreEqual } from './children.ts'
import { childPath, type Pair } from './pair.ts'
import type { Question } from './question.ts'
import { itemsPairOff } from './unordered.ts'
import { areLeafObjects, isObject, leafObjectsAreEqual } from './value.ts'
import { mayReuse, tryFast, type Walk } from './walk.ts'

/** Small objects without others inside are compared faster than remembered. */
const smallLeaves = 64

/** So many pairs are remembered to differ. It bounds the memory; values without shared parts never ask for one twice. */
const mostRemembered = 1 << 20

/**
 * Are these two objects equal? All pairs below have to be, in whatever order they are compared, so that a plain list of
 * what is left will do; only arrays whose items can be paired in several ways ask questions of their own.
 *
 * A pair is taken for equal as soon as it is met, which makes cyclic values end. If the question is answered with no,
 * all that was assumed since it began is taken back; the no itself stays, since assumptions only make more equal.
 * So each no is found once, and the time is bounded by the square of the pairs.
 */
export function* areEqual(walk: Walk, question: Pair): Question {
  const { memory, assumed } = walk
  const { length } = assumed
  const left = [question]
  for (let pair = left.pop(); pair; pair = left.pop()) {
    const equal = compareHere(walk, pair, left)
    if (typeof equal === 'boolean' ? equal : yield* equal) continue
    const isRemembered = memory.get(question)
    assumed.splice(length).forEach(memory.delete)
    if (isRemembered && walk.different++ < mostRemembered) memory.set(question, false)
    return false
  }
  return true
}

/** Compares the leaves of two objects and adds the pairs below to `left`. */
function compareHere(walk: Walk, pair: Pair, left: Pair[]): boolean | Question {
  const { a, b, path, state } = pair
  const { compiled, memory } = walk
  const quick = tryFast(state, walk.fast, a, b)
  if (quick !== undefined) return quick
  if (Array.isArray(a) !== Array.isArray(b)) return false
  if (areLeafObjects(a, b)) return leafObjectsAreEqual(a, b)
  const known = memory.get(pair)
  if (known !== undefined && mayReuse(walk)) return known

  const inAnyOrder = state.rules.unordered && Array.isArray(a) && Array.isArray(b)
  const below: Pair[] = []
  let leaves = 0
  for (const { key, inA, inB, a, b, state } of inAnyOrder ? [] : childrenOf(pair)) {
    if (isObject(a) && isObject(b)) below.push({ a, b, path: childPath(path, key), state })
    else if (inA === inB && leavesAreEqual(a, b, state.rules, compiled, () => childPath(path, key))) leaves++
    else return false
  }
  if (!inAnyOrder && below.length === 0 && leaves <= smallLeaves) return true
  memory.set(pair, true)
  walk.assumed.push(pair)
  if (inAnyOrder) return itemsPairOff(walk, { a, b, path, state: state.child(undefined) }, left, areEqual)
  for (const pair of below) left.push(pair)
  return true
}
