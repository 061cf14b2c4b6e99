import type { JsonCompareOptions } from '../../src/json-compare/index.ts'

/** The rules, written for reading: slow, recursive, by the book. What is fast has to agree with it. */
export function referenceEqual(a: unknown, b: unknown, options: JsonCompareOptions = {}, path: string[] = []): boolean {
  const { ignore = [], overrides = [] } = options
  if (ignore.some((pattern) => matches(pattern, path))) return true
  let { decimals = 5, tolerance, relativeTolerance = 0, arrayOrder = 'strict' } = options
  for (const override of overrides.filter((each) => matches(each.path, path))) {
    if (override.decimals !== undefined || override.tolerance !== undefined) tolerance = override.tolerance
    decimals = override.decimals ?? decimals
    relativeTolerance = override.relativeTolerance ?? relativeTolerance
    arrayOrder = override.arrayOrder ?? arrayOrder
  }
  if (typeof a === 'number' && typeof b === 'number') {
    return numbers(a, b, tolerance ?? Number(`0.${'0'.repeat(decimals)}5`), relativeTolerance)
  }
  if (Array.isArray(a) && Array.isArray(b)) {
    if (arrayOrder === 'strict') return members({ ...a }, { ...b }, options, path)
    const item = [...path, noIndex]
    if (ignore.some((pattern) => matches(pattern, item))) return true
    return a.length === b.length && somePermutation(a, b, (x, y) => referenceEqual(x, y, options, item))
  }
  if (isObject(a) && isObject(b) && !Array.isArray(a) && !Array.isArray(b)) return members(a, b, options, path)
  return a === b
}

/** An item of an unordered array has no index: a key that no pattern names. */
const noIndex = '\0'

function numbers(a: number, b: number, tolerance: number, relativeTolerance: number): boolean {
  if (a === b || (Number.isNaN(a) && Number.isNaN(b))) return true
  if (!Number.isFinite(a) || !Number.isFinite(b)) return false
  const larger = Math.max(Math.abs(a), Math.abs(b))
  const slack = Math.min(larger * 2 ** -52, tolerance / 4)
  return Math.abs(a - b) <= Math.max(tolerance, relativeTolerance * larger) + slack
}

function members(a: object, b: object, options: JsonCompareOptions, path: string[]): boolean {
  const [left, right] = [new Map<string, unknown>(Object.entries(a)), new Map<string, unknown>(Object.entries(b))]
  return [...new Set([...left.keys(), ...right.keys()])].every((key) => {
    if (left.has(key) && right.has(key)) return referenceEqual(left.get(key), right.get(key), options, [...path, key])
    return (options.ignore ?? []).some((pattern) => matches(pattern, [...path, key]))
  })
}

/** Tries all pairings, item by item. */
export function somePermutation<Item>(
  a: readonly Item[],
  b: readonly Item[],
  equal: (x: Item, y: Item) => boolean,
): boolean {
  const [first, ...rest] = a
  if (a.length === 0) return b.length === 0
  return b.some((y, j) => equal(first as Item, y) && somePermutation(rest, b.toSpliced(j, 1), equal))
}

/** Does a pattern match a path? By a regular expression over the keys. */
function matches(pattern: string, path: readonly string[]): boolean {
  const source = pattern
    .split('/')
    .slice(1)
    .map((segment) => {
      if (segment === '**') return '(/[^/]*)*'
      if (segment === '*') return '/[^/]*'
      return `/${segment.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}`
    })
  const text = path.map((key) => `/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')
  return new RegExp(`^${source.join('')}$`).test(text)
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}
