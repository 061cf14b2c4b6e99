import type { JsonDifference } from './difference.ts'
import { isObject } from './value.ts'

/**
 * Differences for people: one line each, then their number and the largest absolute and relative difference of numbers.
 * A line begins with `~` for changed, `!` for another type, `+` for added and `-` for removed. Long values are shortened.
 *
 * @example
 * ```ts
 * import { formatDifferences, jsonDiff } from 'ruddle/json-compare'
 *
 * formatDifferences(jsonDiff({ price: 2, old: true }, { price: 2.5 })) // => '~ /price: 2 → 2.5 (+0.5)\n- /old: true\n2 differences; largest absolute 0.5, relative 0.2'
 * ```
 */
export function formatDifferences(differences: readonly JsonDifference[]): string {
  if (differences.length === 0) return 'No differences'
  return [...differences.map(line), summary(differences)].join('\n')
}

function line({ kind, path, a, b, delta }: JsonDifference): string {
  const place = path === '' ? '(root)' : printable(path)
  switch (kind) {
    case 'added':
      return `+ ${place}: ${preview(b)}`
    case 'removed':
      return `- ${place}: ${preview(a)}`
    case 'type':
      return `! ${place}: ${preview(a)} → ${preview(b)}`
    case 'changed':
      return `~ ${place}: ${preview(a)} → ${preview(b)}${delta === undefined ? '' : ` (${signed(delta)})`}`
  }
}

function summary(differences: readonly JsonDifference[]): string {
  let absolute = 0
  let relative = 0
  for (const { a, b, delta } of differences) {
    if (delta === undefined || typeof a !== 'number' || typeof b !== 'number') continue
    absolute = Math.max(absolute, Math.abs(delta))
    relative = Math.max(relative, Math.abs(delta) / Math.max(Math.abs(a), Math.abs(b)))
  }
  const count = differences.length === 1 ? '1 difference' : `${differences.length} differences`
  return absolute === 0 ? count : `${count}; largest absolute ${rounded(absolute)}, relative ${rounded(relative)}`
}

const signed = (delta: number) => (delta > 0 ? '+' : '') + rounded(delta)

/** The difference of two doubles has no more than a few true digits. */
const rounded = (value: number) => String(Number(value.toPrecision(6)))

const longest = 60
const mostMembers = 4
const deepest = 2

/** A value in at most about 60 characters, whatever its size and depth. */
function preview(value: unknown): string {
  const text = outline(value, deepest)
  return text.length <= longest ? text : `${text.slice(0, longest - 1)}…`
}

function outline(value: unknown, depth: number): string {
  if (typeof value === 'string') return printable(JSON.stringify(value.slice(0, longest)))
  if (typeof value === 'bigint') return `${value}n`
  if (!isObject(value)) return Object.is(value, -0) ? '-0' : String(value)
  if (Array.isArray(value)) {
    if (depth === 0) return `[… ${value.length} items]`
    const items = value.slice(0, mostMembers).map((item) => outline(item, depth - 1))
    return `[${items.join(', ')}${value.length > mostMembers ? ', …' : ''}]`
  }
  const name = Object.prototype.toString.call(value).slice(8, -1)
  if (name !== 'Object') return value instanceof Date || value instanceof RegExp ? String(value) : name
  const keys = Object.keys(value)
  if (depth === 0 && keys.length > 0) return `{… ${keys.length} keys}`
  const members = keys.slice(0, mostMembers).map((key) => {
    return `${printable(JSON.stringify(key))}: ${outline(value[key], depth - 1)}`
  })
  return `{${members.join(', ')}${keys.length > mostMembers ? ', …' : ''}}`
}

/** Control characters, line separators and marks of writing direction can make a terminal show something else. */
function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, (character) => {
    return `\\u${character.codePointAt(0)?.toString(16).padStart(4, '0')}`
  })
}
