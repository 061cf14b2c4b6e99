import { equalBy } from './compare.ts'
import { compile } from './compile.ts'
import { differences } from './diff.ts'
import type { JsonDifference } from './difference.ts'
import { checkDiffOptions, type JsonDiffOptions } from './options.ts'

/** Comparisons with the same options. */
export interface JsonComparer {
  /** As {@link jsonCompare}. */
  equal(a: unknown, b: unknown): boolean
  /** As {@link jsonDiff}. */
  diff(a: unknown, b: unknown): JsonDifference[]
  /** As {@link firstDifference}. */
  first(a: unknown, b: unknown): JsonDifference | undefined
}

/**
 * Checks and compiles the options once, for many comparisons.
 *
 * @throws TypeError or RangeError for a wrong or unknown option
 *
 * @example
 * ```ts
 * import { createJsonComparer } from 'ruddle/json-compare'
 *
 * const comparer = createJsonComparer({
 *   ignore: ['/updatedAt'],
 *   overrides: [{ path: '/items/*\/price', decimals: 2 }],
 * })
 * comparer.equal({ items: [{ price: 1.501 }] }, { items: [{ price: 1.5 }], updatedAt: 1 }) // => true
 * ```
 */
export function createJsonComparer(options: JsonDiffOptions = {}): JsonComparer {
  checkDiffOptions(options)
  const compiled = compile(options)
  const { maxDifferences } = options
  return {
    equal: (a, b) => equalBy(compiled, a, b),
    diff: (a, b) => differences(compiled, a, b, maxDifferences),
    first: (a, b) => differences(compiled, a, b, 1)[0],
  }
}
