import { describe, expect, test } from 'vitest'
import { formatDifferences, jsonDiff, toJsonPatch } from '../../src/json-compare/index.ts'
import { applyPatch } from './apply-patch.ts'

const format = (a: unknown, b: unknown): string[] => formatDifferences(jsonDiff(a, b)).split('\n')

describe('differences for people', () => {
  test('are a line each and a summary', () => {
    expect(format({ a: 1, b: 'x', c: 1, d: [1] }, { a: 1.5, b: null, d: [1, { y: [true] }] })).toEqual([
      '~ /a: 1 → 1.5 (+0.5)',
      '! /b: "x" → null',
      '- /c: 1',
      '+ /d/1: {"y": [true]}',
      '4 differences; largest absolute 0.5, relative 0.333333',
    ])
    expect(format(['a'], ['b'])).toEqual(['~ /0: "a" → "b"', '1 difference'])
    expect(format(1, 0)).toEqual(['~ (root): 1 → 0 (-1)', '1 difference; largest absolute 1, relative 1'])
    expect(format(1, 1)).toEqual(['No differences'])
    expect(format([0.3], [0.1 + 0.3])[0]).toBe('~ /0: 0.3 → 0.4 (+0.1)')
  })

  test('show the beginning of values, however large and deep', () => {
    let deep: unknown = 1
    for (let i = 0; i < 1e5; i++) deep = [deep]
    const values = [
      deep,
      'x'.repeat(1e6),
      Array(1e6).fill(0),
      Object.fromEntries(
        Array(1e4)
          .fill(0)
          .map((_, i) => [i, i]),
      ),
    ]
    const lines = format({}, { ...values })
    expect(lines.every((line) => line.length < 80)).toBe(true)
    expect(lines[0]).toBe('+ /0: [[[… 1 items]]]')
    expect(lines[2]).toBe('+ /2: [0, 0, 0, 0, …]')
    expect(lines[3]).toBe('+ /3: {"0": 0, "1": 1, "2": 2, "3": 3, …}')
  })

  test('show what JSON does not have', () => {
    const values = [new Date(0), /a/, new Map(), 5n, undefined, -0, { a: { b: { c: 1 } } }, Symbol('s')]
    expect(format([], values).slice(0, 8).map((line) => line.slice(6))).toEqual([
      String(new Date(0)).slice(0, 59).concat('…'), '/a/', 'Map', '5n', 'undefined', '-0', '{"a": {"b": {… 1 keys}}}', 'Symbol(s)',
    ]) // biome-ignore format: one line a list
  })

  test('cannot play tricks on a terminal', () => {
    const [line] = format({}, { 'a\u001b[31m\n\u202e': '\u0007\u2028\u009b' })
    expect(line).toBe('+ /a\\u001b[31m\\u000a\\u202e: "\\u0007\\u2028\\u009b"')
  })
})

describe('the patch', () => {
  test('has the operations of RFC 6902, removals last and from the end', () => {
    const [a, b] = [
      { list: [1, 2, 3, 4], x: 1, y: null },
      { list: [1, 5], y: 2, z: [] },
    ]
    const patch = toJsonPatch(jsonDiff(a, b))
    expect(patch).toEqual([
      { op: 'replace', path: '/list/1', value: 5 },
      { op: 'replace', path: '/y', value: 2 },
      { op: 'add', path: '/z', value: [] },
      { op: 'remove', path: '/x' },
      { op: 'remove', path: '/list/3' },
      { op: 'remove', path: '/list/2' },
    ])
    expect(applyPatch(structuredClone(a), patch)).toEqual(b)
  })

  test('of another root replaces it', () => {
    expect(toJsonPatch(jsonDiff(1, [1]))).toEqual([{ op: 'replace', path: '', value: [1] }])
  })
})
