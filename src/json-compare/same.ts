import { type Child, childrenOf, leavesAreEqual } from './children.ts'
import { childPath, childPlace, type Place } from './place.ts'
import type { Question } from './question.ts'
import { itemsPairOff, type Pair } from './unordered.ts'
import { areLeafObjects, isObject, type JsonObject, leafObjectsAreEqual } from './value.ts'
import { mayReuse, tryFast, type Walk } from './walk.ts'

/**
 * Are these two objects equal? All pairs below have to be, in whatever order they are compared, so that a plain list of
 * what is left will do; only arrays whose items can be paired in several ways ask questions of their own.
 *
 * A pair is taken for equal as soon as it is met, which makes cyclic values end. If the question is answered with no,
 * all that was assumed since it began is taken back; the no itself stays, since assumptions only make more equal.
 * Every no is found once, so that the time is bounded by the square of the pairs.
 */
export function* areEqual(walk: Walk, a: JsonObject, b: JsonObject, place: Place): Question {
  const { length } = walk.trail
  const left: Pair[] = [{ a, b, place }]
  for (let pair = left.pop(); pair !== undefined; pair = left.pop()) {
    const equal = compareHere(walk, pair, left)
    if (typeof equal === 'boolean' ? equal : yield* equal) continue
    for (const known of walk.trail.splice(length)) known.finding = undefined
    const known = walk.memory.find(a, b, place.state)
    if (known !== undefined) known.finding = false
    return false
  }
  return true
}

/** Compares the leaves of two objects and adds the pairs below to `left`. */
function compareHere(walk: Walk, { a, b, place }: Pair, left: Pair[]): boolean | Question {
  const quick = tryFast(walk, a, b, place)
  if (quick !== undefined) return quick
  if (Array.isArray(a) !== Array.isArray(b)) return false
  if (areLeafObjects(a, b)) return leafObjectsAreEqual(a, b)
  const known = walk.memory.find(a, b, place.state)
  if (known?.finding !== undefined && mayReuse(walk)) return known.finding
  walk.visits++

  const inAnyOrder = place.state.rules.unordered && Array.isArray(a) && Array.isArray(b)
  const children = inAnyOrder ? [] : childrenOf(a, b, place.state)
  if (!children.every((child) => areObjects(child) || leafIsEqual(walk, child, place))) return false
  const objects = children.filter(areObjects)
  // Small objects without others inside are compared faster than remembered.
  if (!inAnyOrder && objects.length === 0 && children.length <= 64) return true
  if (known !== undefined) known.finding = true
  walk.trail.push(known ?? walk.memory.add(a, b, place.state, true))
  if (inAnyOrder) return itemsPairOff(walk, a, b, place, left, areEqual)
  for (const { a, b, key, state } of objects) left.push({ a, b, place: childPlace(place, key, state) })
  return true
}

function areObjects(child: Child): child is Child & { a: JsonObject; b: JsonObject } {
  return isObject(child.a) && isObject(child.b)
}

function leafIsEqual({ compiled }: Walk, child: Child, place: Place): boolean {
  if (child.in !== 'both') return false
  return leavesAreEqual(child.a, child.b, child.state.rules, compiled, () => childPath(place, child.key))
}
