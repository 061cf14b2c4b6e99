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

/**
 * The children of two arrays or two objects, in the order of a report, without those that are identical or ignored; one
 * at a time, since a caller who has seen enough stops.
 */
export function* childrenOf(pair: Pair): Generator<Child, undefined> {
  const { a, b } = pair
  if (Array.isArray(a) && Array.isArray(b)) {
    for (let i = 0; i < a.length || i < b.length; i++) {
      const child = childAt(pair, i, i < a.length, i < b.length)
      if (child !== undefined) yield child
    }
    return
  }
  for (const key of Object.keys(a)) {
    const child = childAt(pair, key, true, hasKey(b, key))
    if (child !== undefined) yield child
  }
  for (const key of Object.keys(b)) {
    if (hasKey(a, key)) continue
    const child = childAt(pair, key, false, true)
    if (child !== undefined) yield child
  }
}

function childAt(pair: Pair, key: string | number, inA: boolean, inB: boolean): Child | undefined {
  const state = pair.state.child(key)
  if (state.rules.ignored) return
  const a = inA ? pair.a[key] : undefined
  const b = inB ? pair.b[key] : undefined
  return a === b && inA === inB ? undefined : { key, state, inA, inB, a, b }
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
