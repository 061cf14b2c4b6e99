/**
 * A matcher for `expect.extend` of vitest and jest: `expect(received).toEqualJson(expected, options)`.
 * The guide: [Comparing JSON, in tests](../../docs/json-compare.md#in-tests).
 *
 * @module
 */
import { createJsonComparer } from './comparer.ts'
import { formatDifferences } from './format.ts'
import type { JsonDiffOptions } from './options.ts'

/** What a matcher answers, in vitest and in jest. */
export interface MatcherResult {
  readonly pass: boolean
  readonly message: () => string
}

/**
 * The matcher's type, to be declared in the tests:
 *
 * ```text
 * declare module 'vitest' {
 *   interface Matchers<T = any> extends JsonMatchers<T> {}
 * }
 * ```
 */
export interface JsonMatchers<Result = unknown> {
  /** Equal as JSON, floats to 5 decimal places or as the options say. */
  toEqualJson(expected: unknown, options?: JsonDiffOptions): Result
}

/** The differences a failure shows. */
const shown = 100

/**
 * Passes if `received` equals `expected` as `jsonCompare` sees it; the message of a failure lists the differences,
 * from the expected value to the received one, up to 100 of them or `maxDifferences`.
 *
 * @throws TypeError or RangeError for a wrong or unknown option
 *
 * @example
 * ```ts
 * import { toEqualJson } from 'ruddle/json-compare/matcher'
 *
 * // expect.extend({ toEqualJson }), then expect(received).toEqualJson(expected)
 * toEqualJson({ price: 0.1 + 0.2 }, { price: 0.3 }).pass // => true
 * toEqualJson({ price: 0.4 }, { price: 0.3 }, { decimals: 1 }).pass // => false
 * ```
 */
export function toEqualJson(received: unknown, expected: unknown, options: JsonDiffOptions = {}): MatcherResult {
  const { maxDifferences = shown } = options
  const comparer = createJsonComparer({ ...options, maxDifferences })
  const pass = comparer.equal(expected, received)
  return {
    pass,
    message: () => {
      if (pass) return 'Expected the JSON values to differ, but they are equal'
      const differences = comparer.diff(expected, received)
      const more = differences.length === maxDifferences ? '\n(there may be more: the list ends here)' : ''
      return `Expected equal JSON; expected → received:\n\n${formatDifferences(differences)}${more}`
    },
  }
}
