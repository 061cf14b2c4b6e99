import type { JsonDifference } from './difference.ts'

/** An operation of a JSON Patch (RFC 6902). */
export type JsonPatchOperation =
  | { readonly op: 'add' | 'replace'; readonly path: string; readonly value: unknown }
  | { readonly op: 'remove'; readonly path: string }

/**
 * The JSON Patch (RFC 6902) that turns `a` into a value equal to `b`. The differences have to be all of them
 * (no `ignore`, no `maxDifferences`), of JSON values compared with array order.
 *
 * @example
 * ```ts
 * import { jsonDiff, toJsonPatch } from 'ruddle/json-compare'
 *
 * toJsonPatch(jsonDiff({ a: 1, b: [1, 2] }, { a: 2, b: [1] })) // => [{ op: 'replace', path: '/a', value: 2 }, { op: 'remove', path: '/b/1' }]
 * ```
 */
export function toJsonPatch(differences: readonly JsonDifference[]): JsonPatchOperation[] {
  const removals: JsonPatchOperation[] = []
  const others: JsonPatchOperation[] = []
  for (const { kind, path, b } of differences) {
    if (kind === 'removed') removals.push({ op: 'remove', path })
    else others.push({ op: kind === 'added' ? 'add' : 'replace', path, value: b })
  }
  // The last item of an array goes first, so that no removal moves what a later one names.
  return [...others, ...removals.reverse()]
}
