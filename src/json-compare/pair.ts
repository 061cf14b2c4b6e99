import type { Rules } from './compile.ts'
import type { PathState } from './path-state.ts'
import { escapeSegment } from './pointer.ts'
import type { JsonObject } from './value.ts'

/** Two objects to be compared, and where they stand. The engine keeps a long path as a tree, to which a key is added. */
export interface Pair {
  readonly a: JsonObject
  readonly b: JsonObject
  readonly path: string
  readonly state: PathState<Rules>
}

export function childPath(path: string, key: string | number): string {
  return `${path}/${escapeSegment(key)}`
}
