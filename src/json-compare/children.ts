import type { Compiled, Rules } from './compile.ts'
import type { Pair } from './pair.ts'
import type { PathState } from './path-state.ts'
import { numbersAreClose } from './tolerance.ts'
import { hasKey } from './value.ts'

/** What stands under one key in one of two objects, or in both. */
export interface Child {
  readonly key: string | number
  readonly state: PathState<Rules>
  readonly inA: boolean
  readonly inB: boolean
  readonly a: unknown
  readonly b: unknown
}

/** The children of two arrays or two objects, in the order of a report, without those that are identical or ignored. */
export function childrenOf({ a, b, state }: Pair): Child[] {
  const children: Child[] = []
  const add = (key: string | number, inA: boolean, inB: boolean): void => {
    const child = state.child(key)
    if (child.rules.ignored) return
    const [x, y] = [inA ? a[key] : undefined, inB ? b[key] : undefined]
    if (x !== y || inA !== inB) children.push({ key, state: child, inA, inB, a: x, b: y })
  }
  if (Array.isArray(a) && Array.isArray(b)) {
    for (let i = 0; i < a.length || i < b.length; i++) add(i, i < a.length, i < b.length)
  } else {
    for (const key of Object.keys(a)) add(key, true, hasKey(b, key))
    for (const key of Object.keys(b)) if (!hasKey(a, key)) add(key, false, true)
  }
  return children
}

/** Compares two values of which one at least is no object. */
export function leavesAreEqual(
  a: unknown,
  b: unknown,
  rules: Rules,
  { numbersEqual }: Compiled,
  pathTo: () => string,
): boolean {
  if (a === b || Object.is(a, b)) return true // the one for zeros, the other for NaN
  if (typeof a !== 'number' || typeof b !== 'number') return false
  return numbersEqual?.(a, b, pathTo()) ?? numbersAreClose(a, b, rules.tolerance, rules.relativeTolerance)
}
