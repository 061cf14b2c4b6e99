import type { Compiled, Rules } from './compile.ts'
import type { PathState } from './path-state.ts'
import { numbersAreClose } from './tolerance.ts'
import { hasKey, type JsonObject } from './value.ts'

/** What stands under one key in one of two objects or in both. */
export interface Child {
  readonly in: 'a' | 'b' | 'both'
  readonly key: string | number
  readonly state: PathState<Rules>
  readonly a: unknown
  readonly b: unknown
}

/** The children of two arrays or two objects, in the order of the report, without those identical or ignored. */
export function childrenOf(a: JsonObject, b: JsonObject, state: PathState<Rules>): Child[] {
  return Array.isArray(a) && Array.isArray(b) ? itemsOf(a, b, state) : membersOf(a, b, state)
}

function itemsOf(a: readonly unknown[], b: readonly unknown[], state: PathState<Rules>): Child[] {
  const children: Child[] = []
  const length = Math.max(a.length, b.length)
  for (let key = 0; key < length; key++) {
    const [x, y] = [a[key], b[key]]
    const both = key < a.length && key < b.length
    if (both && x === y) continue
    add(children, { in: both ? 'both' : key < a.length ? 'a' : 'b', key, state: state.child(key), a: x, b: y })
  }
  return children
}

function membersOf(a: JsonObject, b: JsonObject, state: PathState<Rules>): Child[] {
  const children: Child[] = []
  const keys = Object.keys(a)
  const others = Object.keys(b)
  let shared = 0
  for (const [index, key] of keys.entries()) {
    const x = a[key]
    if (key === others[index] || hasKey(b, key)) {
      shared++
      const y = b[key]
      if (x !== y) add(children, { in: 'both', key, state: state.child(key), a: x, b: y })
    } else {
      add(children, { in: 'a', key, state: state.child(key), a: x, b: undefined })
    }
  }
  if (shared === others.length) return children
  for (const key of others) {
    if (!hasKey(a, key)) add(children, { in: 'b', key, state: state.child(key), a: undefined, b: b[key] })
  }
  return children
}

function add(children: Child[], child: Child): void {
  if (!child.state.rules.ignored) children.push(child)
}

/** Compares two values of which one at least is no object. */
export function leavesAreEqual(
  a: unknown,
  b: unknown,
  rules: Rules,
  { numbersEqual }: Compiled,
  pathTo: () => string,
): boolean {
  if (a === b) return true
  if (typeof a !== 'number' || typeof b !== 'number') return false
  if (Number.isNaN(a) && Number.isNaN(b)) return true
  return numbersEqual?.(a, b, pathTo()) ?? numbersAreClose(a, b, rules.tolerance, rules.relativeTolerance)
}
