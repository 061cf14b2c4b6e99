import { parsePointer } from './pointer.ts'
import { isObject, tagOf } from './value.ts'

/** How far apart two numbers may be. */
export interface NumberTolerance {
  /**
   * Decimal places that count: numbers at most half a unit of the last place apart are equal.
   * An integer from 0 to 15. @default 5
   */
  readonly decimals?: number
  /** The largest absolute difference of equal numbers, instead of `decimals`. Minimum: 0, which is exact. */
  readonly tolerance?: number
  /** The largest difference as a share of the larger magnitude, where that is more. Minimum: 0. @default 0 */
  readonly relativeTolerance?: number
}

/** Do the items of an array have to stand at the same index? */
export type ArrayOrder = 'strict' | 'ignore'

/** Other rules for some places of the document; of several overrides that match, the last one that sets a rule wins. */
export interface JsonOverride extends NumberTolerance {
  /** A JSON Pointer; the segment `*` is any one key or index, `**` any number of them. It names the place alone, `/x/**` also all below. */
  readonly path: string
  /** @default the order of the options */
  readonly arrayOrder?: ArrayOrder
}

export interface JsonCompareOptions extends NumberTolerance {
  /** With `'ignore'` two arrays are equal if their items can be paired off, whatever their order. @default 'strict' */
  readonly arrayOrder?: ArrayOrder
  /** Places that do not count, present or not: JSON Pointers with the wildcards `*` and `**`. */
  readonly ignore?: readonly string[]
  /** Other rules for some places. */
  readonly overrides?: readonly JsonOverride[]
  /**
   * Decides about two numbers that are not identical; undefined leaves it to the tolerance. `path` is the JSON Pointer
   * of the number in `a`. In values that share parts, a pair of objects met again is asked about again
   * 65,536 times in all.
   */
  readonly numbersEqual?: (a: number, b: number, path: string) => boolean | undefined
}

export interface JsonDiffOptions extends JsonCompareOptions {
  /** Stops after so many differences. Minimum: 1. @default 1,000,000, and an error if there are more */
  readonly maxDifferences?: number
}

/** What an option has to be, in words and as a test. */
type Expectation = readonly [what: string, isRight: (value: unknown) => boolean]
type Expectations = Record<string, Expectation>

const tolerance: Expectation = ['a number from 0 up', (value) => Number.isFinite(value) && Number(value) >= 0]
const list: Expectation = ['an array', Array.isArray]
const pointer: Expectation = ['a JSON Pointer such as "/items/*/price"', (text) => parsePointer(text) !== undefined]

const ruleExpectations: Expectations = {
  decimals: [
    'an integer from 0 to 15',
    (value) => Number.isInteger(value) && Number(value) >= 0 && Number(value) <= 15,
  ],
  tolerance,
  relativeTolerance: tolerance,
  arrayOrder: ["'strict' or 'ignore'", (order) => order === 'strict' || order === 'ignore'],
}
const compareExpectations: Expectations = {
  ...ruleExpectations,
  ignore: list,
  overrides: list,
  numbersEqual: ['a function', (value) => typeof value === 'function'],
}

/** @throws TypeError or RangeError for a wrong or unknown option */
export function checkCompareOptions(
  options: JsonCompareOptions,
  expectations: Expectations = compareExpectations,
): void {
  checkMembers(options, 'options', expectations, '')
  const { ignore = [], overrides = [] } = options
  for (const [index, path] of ignore.entries()) check(path, `ignore[${index}]`, pointer)
  for (const [index, override] of overrides.entries()) {
    const name = `overrides[${index}]`
    checkMembers(override, name, { path: pointer, ...ruleExpectations }, `${name}.`)
    check(override.path, `${name}.path`, pointer)
  }
}

/** @throws TypeError or RangeError for a wrong or unknown option */
export function checkDiffOptions(options: JsonDiffOptions): void {
  const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && Number(value) >= 1
  checkCompareOptions(options, { ...compareExpectations, maxDifferences: ['an integer from 1 up', isCount] })
}

function checkMembers(options: object, name: string, expectations: Expectations, prefix: string): void {
  check(options, name, ['an object', (value) => isObject(value) && !Array.isArray(value)])
  const names = Object.keys(expectations)
  const known: Expectation = [`an object of ${names.join(', ')}`, (key) => names.includes(String(key))]
  for (const [key, value] of Object.entries(options)) {
    check(key, name, known)
    if (value !== undefined) check(value, prefix + key, expectations[key]!)
  }
}

/** Throws an error that says what was expected and what was got. */
function check(value: unknown, name: string, [what, isRight]: Expectation): void {
  if (isRight(value)) return
  const got = typeof value === 'string' ? `"${value}"` : isObject(value) ? tagOf(value) : String(value)
  // A number that is not the right one is out of range; anything else is of the wrong type.
  const Failure = typeof value === 'number' && / from /.test(what) ? RangeError : TypeError
  throw new Failure(`Expected \`${name}\` to be ${what}, got ${got}`)
}
