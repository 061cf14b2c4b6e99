import { type Child, childrenOf, leavesAreEqual } from './children.ts'
import type { Known } from './memory.ts'
import { childPath, childPlace, type Place } from './place.ts'
import { pairOff } from './unordered.ts'
import { areLeafObjects, isObject, type JsonObject, leafObjectsAreEqual } from './value.ts'
import { mayReuse, type Step, tryFast, type Walk } from './walk.ts'

/** Are these two objects equal, by the rules of their place? Stops at the first difference. */
export function* objectsAreEqual(walk: Walk, a: JsonObject, b: JsonObject, place: Place): Step {
  const quick = tryFast(walk, a, b, place)
  if (quick !== undefined) return quick
  if (Array.isArray(a) !== Array.isArray(b)) return false
  if (areLeafObjects(a, b)) return leafObjectsAreEqual(a, b)
  const before = walk.memory.find(a, b, place.state)
  if (before?.inProgress) {
    walk.assumptions++
    return true
  }
  if (before?.equal !== undefined && mayReuse(walk)) return before.equal
  walk.visits++

  if (place.state.rules.unordered && Array.isArray(a) && Array.isArray(b)) {
    const end = begin(walk, before ?? walk.memory.add(a, b, place.state))
    const unpaired = yield* pairOff(walk, a, b, place, true, objectsAreEqual)
    return end(unpaired.a.length + unpaired.b.length === 0)
  }
  // Leaves first: they are quick to differ, and small objects without others inside are not worth remembering.
  const children = childrenOf(a, b, place.state)
  if (!children.every((child) => areObjects(child) || leafIsEqual(walk, child, place))) return false
  const objects = children.filter(areObjects)
  if (objects.length === 0 && children.length <= 64) return true
  const end = begin(walk, before ?? walk.memory.add(a, b, place.state))
  for (const { a, b, key, state } of objects) {
    if (!(yield objectsAreEqual(walk, a, b, childPlace(place, key, state)))) return end(false)
  }
  return end(true)
}

function areObjects(child: Child): child is Child & { a: JsonObject; b: JsonObject } {
  return isObject(child.a) && isObject(child.b)
}

function leafIsEqual({ compiled }: Walk, child: Child, place: Place): boolean {
  if (child.in !== 'both') return false
  return leavesAreEqual(child.a, child.b, child.state.rules, compiled, () => childPath(place, child.key))
}

/**
 * A pair met again within itself is taken for equal, which is right unless the outer one turns out to differ: then what
 * was found equal since it began is forgotten. What was found different stays, since assumptions only make more equal.
 * So each pair is forgotten at most once for each that differs, and the time stays bounded.
 */
function begin(walk: Walk, known: Known): (equal: boolean) => boolean {
  known.inProgress = true
  const { assumptions } = walk
  const { length } = walk.trail
  return (equal) => {
    known.inProgress = false
    known.equal = equal
    if (equal) walk.trail.push(known)
    else if (walk.assumptions > assumptions) {
      for (const pair of walk.trail.splice(length)) pair.equal = undefined
    }
    return equal
  }
}
