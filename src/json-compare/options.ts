import { parsePointer } from './pointer.ts'

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
   * of the number in `a`. In values that share parts, a pair of objects met before is not asked about again once 65,536
   * pairs have been compared.
   */
  readonly numbersEqual?: (a: number, b: number, path: string) => boolean | undefined
}

export interface JsonDiffOptions extends JsonCompareOptions {
  /** Stops after so many differences. Minimum: 1. @default 1,000,000, and an error if there are more */
  readonly maxDifferences?: number
}

const toleranceNames = ['decimals', 'tolerance', 'relativeTolerance'] as const
const overrideNames: readonly string[] = ['path', ...toleranceNames, 'arrayOrder']
const compareNames: readonly string[] = [...toleranceNames, 'arrayOrder', 'ignore', 'overrides', 'numbersEqual']
const diffNames: readonly string[] = [...compareNames, 'maxDifferences']

/** @throws TypeError or RangeError for a wrong or unknown option */
export function checkCompareOptions(options: JsonCompareOptions): void {
  checkNames(options, 'options', compareNames)
  checkValues(options)
}

/** @throws TypeError or RangeError for a wrong or unknown option */
export function checkDiffOptions(options: JsonDiffOptions): void {
  checkNames(options, 'options', diffNames)
  const { maxDifferences } = options
  if (maxDifferences !== undefined) {
    checkNumber(maxDifferences, 'maxDifferences', 'an integer from 1 up', (n) => Number.isSafeInteger(n) && n >= 1)
  }
  checkValues(options)
}

function checkValues(options: JsonCompareOptions): void {
  checkRules(options, '')
  const { ignore = [], overrides = [], numbersEqual } = options
  checkList(ignore, 'ignore')
  for (const [index, pattern] of ignore.entries()) checkPattern(pattern, `ignore[${index}]`)
  checkList(overrides, 'overrides')
  for (const [index, override] of overrides.entries()) {
    checkNames(override, `overrides[${index}]`, overrideNames)
    checkPattern(override.path, `overrides[${index}].path`)
    checkRules(override, `overrides[${index}].`)
  }
  if (numbersEqual !== undefined && typeof numbersEqual !== 'function') {
    throw new TypeError(expected('numbersEqual', 'a function', numbersEqual))
  }
}

function checkRules(rules: NumberTolerance & { readonly arrayOrder?: unknown }, prefix: string): void {
  const { decimals, tolerance, relativeTolerance, arrayOrder } = rules
  if (decimals !== undefined) {
    checkNumber(
      decimals,
      `${prefix}decimals`,
      'an integer from 0 to 15',
      (n) => Number.isInteger(n) && n >= 0 && n <= 15,
    )
  }
  const isTolerance = (n: number) => Number.isFinite(n) && n >= 0
  if (tolerance !== undefined) checkNumber(tolerance, `${prefix}tolerance`, 'a number from 0 up', isTolerance)
  if (relativeTolerance !== undefined) {
    checkNumber(relativeTolerance, `${prefix}relativeTolerance`, 'a number from 0 up', isTolerance)
  }
  if (arrayOrder !== undefined && arrayOrder !== 'strict' && arrayOrder !== 'ignore') {
    throw new TypeError(expected(`${prefix}arrayOrder`, "'strict' or 'ignore'", arrayOrder))
  }
}

function checkNumber(value: unknown, name: string, what: string, isRight: (value: number) => boolean): void {
  if (typeof value !== 'number') throw new TypeError(expected(name, what, value))
  if (!isRight(value)) throw new RangeError(expected(name, what, value))
}

function checkPattern(pattern: unknown, name: string): void {
  if (typeof pattern !== 'string' || parsePointer(pattern) === undefined) {
    throw new TypeError(expected(name, 'a JSON Pointer such as "/items/*/price"', pattern))
  }
}

function checkList(list: unknown, name: string): void {
  if (!Array.isArray(list)) throw new TypeError(expected(name, 'an array', list))
}

function checkNames(options: unknown, what: string, names: readonly string[]): void {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    throw new TypeError(expected(what, 'an object', options))
  }
  for (const name of Object.keys(options)) {
    if (!names.includes(name)) throw new TypeError(expected(what, `an object of ${names.join(', ')}`, name))
  }
}

function expected(name: string, what: string, got: unknown): string {
  const text = typeof got === 'string' ? JSON.stringify(got) : typeof got === 'object' ? jsonKind(got) : String(got)
  return `Expected \`${name}\` to be ${what}, got ${text}`
}

function jsonKind(value: object | null): string {
  if (value === null) return 'null'
  return Array.isArray(value) ? 'an array' : 'an object'
}
