import type { Rules } from './compile.ts'
import type { PathState } from './path-state.ts'
import { escapeSegment } from './pointer.ts'

/** Where a pair of values stands. Its path is written only when it is asked for. */
export interface Place {
  readonly parent: Place | undefined
  readonly key: string | number
  readonly state: PathState<Rules>
  path: string | undefined
}

export function rootPlace(state: PathState<Rules>): Place {
  return { parent: undefined, key: '', state, path: '' }
}

export function childPlace(parent: Place, key: string | number, state: PathState<Rules>): Place {
  return { parent, key, state, path: undefined }
}

/** The path of a child; those above it are kept, so that a million differences a million levels deep stay payable. */
export function childPath(place: Place, key: string | number): string {
  return `${pathOf(place)}/${escapeSegment(key)}`
}

export function pathOf(place: Place): string {
  const unwritten: Place[] = []
  let above: Place | undefined = place
  while (above !== undefined && above.path === undefined) {
    unwritten.push(above)
    above = above.parent
  }
  let path = above?.path ?? ''
  for (const here of unwritten.reverse()) {
    path += `/${escapeSegment(here.key)}`
    here.path = path
  }
  return path
}
