import { leavesAreEqual } from './children.ts'
import { compileForCompare } from './compare.ts'
import { type Compiled, compile } from './compile.ts'
import { change, type JsonDifference } from './difference.ts'
import { fastRun } from './equal.ts'
import { checkDiffOptions, type JsonCompareOptions, type JsonDiffOptions } from './options.ts'
import { reportDifferences } from './report.ts'
import { isObject } from './value.ts'
import { startWalk, tryFast } from './walk.ts'

const standard: Compiled = /* @__PURE__ */ compile({})

/**
 * All differences between two JSON values, in document order: the keys of `a` in their order, then those only `b` has.
 * The list is empty exactly if `jsonCompare` with the same options is true.
 *
 * Where an object holds itself, what differs in it is reported once, at the first path that leads there.
 *
 * @throws TypeError or RangeError for a wrong or unknown option
 * @throws RangeError for more than 1,000,000 differences without `maxDifferences`
 *
 * @example
 * ```ts
 * import { jsonDiff } from 'ruddle/json-compare'
 *
 * const before = { name: 'cup', price: 1.5, tags: ['red'] }
 * const after = { name: 'cup', price: 2, tags: ['red', 'new'] }
 * jsonDiff(before, after) // => [{ kind: 'changed', path: '/price', a: 1.5, b: 2, delta: 0.5 }, { kind: 'added', path: '/tags/1', b: 'new' }]
 * ```
 */
export function jsonDiff(a: unknown, b: unknown, options?: JsonDiffOptions): JsonDifference[] {
  if (options === undefined) return differences(standard, a, b, undefined)
  checkDiffOptions(options)
  return differences(compile(options), a, b, options.maxDifferences)
}

/**
 * The first of the differences that `jsonDiff` lists, or undefined for equal values.
 *
 * @throws TypeError or RangeError for a wrong or unknown option
 *
 * @example
 * ```ts
 * import { firstDifference } from 'ruddle/json-compare'
 *
 * firstDifference([1, 2, 3], [1, 4, 5]) // => { kind: 'changed', path: '/1', a: 2, b: 4, delta: 2 }
 * firstDifference([1, 2, 3], [1, 2, 3]) // => undefined
 * ```
 */
export function firstDifference(a: unknown, b: unknown, options?: JsonCompareOptions): JsonDifference | undefined {
  return differences(options === undefined ? standard : compileForCompare(options), a, b, 1)[0]
}

export function differences(compiled: Compiled, a: unknown, b: unknown, max: number | undefined): JsonDifference[] {
  const { root } = compiled
  const fast = fastRun(compiled)
  if (tryFast(root, fast, a, b)) return [] // equal values are the usual case, and need nothing of what follows
  if (a === b || root.rules.ignored) return []
  if (!isObject(a) || !isObject(b)) {
    return leavesAreEqual(a, b, root.rules, compiled, () => '') ? [] : [change('', a, b)]
  }
  return reportDifferences(startWalk(compiled, fast), { a, b, path: '', state: root }, max)
}
