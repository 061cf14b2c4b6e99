import { leavesAreEqual } from './children.ts'
import { type Compiled, compile } from './compile.ts'
import { fastRun } from './equal.ts'
import { checkCompareOptions, type JsonCompareOptions } from './options.ts'
import { answer } from './question.ts'
import { areEqual } from './same.ts'
import { isObject } from './value.ts'
import { startWalk, tryFast } from './walk.ts'

const standard: Compiled = /* @__PURE__ */ compile({})

/**
 * Are two JSON values equal, floats to 5 decimal places? Stops at the first difference and never changes its arguments.
 *
 * Two numbers are equal if they are at most half a unit of the last decimal place apart, so that two numbers written
 * with 5 decimals are equal only if they are the same number, and noise never matters. Objects are equal whatever the
 * order of their keys; a missing key differs from one that is undefined.
 *
 * @throws TypeError or RangeError for a wrong or unknown option
 *
 * @example
 * ```ts
 * import { jsonCompare } from 'ruddle/json-compare'
 *
 * jsonCompare({ price: 0.1 + 0.2 }, { price: 0.3 }) // => true
 * jsonCompare({ price: 0.30001 }, { price: 0.3 }) // => false
 * jsonCompare({ price: 0.30001 }, { price: 0.3 }, { decimals: 4 }) // => true
 * ```
 */
export function jsonCompare(a: unknown, b: unknown, options?: JsonCompareOptions): boolean {
  return equalBy(options === undefined ? standard : compileForCompare(options), a, b)
}

export function compileForCompare(options: JsonCompareOptions): Compiled {
  checkCompareOptions(options)
  return compile(options)
}

export function equalBy(compiled: Compiled, a: unknown, b: unknown): boolean {
  const { root } = compiled
  const fast = fastRun(compiled)
  const quick = tryFast(root, fast, a, b)
  if (quick !== undefined) return quick
  if (a === b || root.rules.ignored) return true
  if (!isObject(a) || !isObject(b)) return leavesAreEqual(a, b, root.rules, compiled, () => '')
  return answer(areEqual(startWalk(compiled, fast), { a, b, path: '', state: root }))
}
