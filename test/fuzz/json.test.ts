import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CommanderError } from 'commander'
import fc from 'fast-check'
import { afterAll, expect } from 'vitest'
import { compareCommand } from '../../src/cli/compare.ts'
import { readJson } from '../../src/cli/read-json.ts'
import { createJsonComparer, formatDifferences, type JsonDiffOptions } from '../../src/json-compare/index.ts'
import { escapeSegment, parsePointer } from '../../src/json-compare/pointer.ts'
import { anyCharacter } from '../any-character.ts'
import { fuzzTest } from './fuzz-test.ts'
import { damagedBytes, damagedText, oddJson } from './mutations.ts'

const folder = mkdtempSync(join(tmpdir(), 'ruddle-fuzz-'))
afterAll(() => rmSync(folder, { recursive: true }))
const [a, b] = [join(folder, 'a.json'), join(folder, 'b.json')]

const order = { id: 17, price: 12.5e-1, ok: true, tags: ['a', 'b/c', '\\"\u00e9'], at: { x: -0.5, y: null }, '~': {} }
const document = fc.oneof(fc.constant(order), fc.jsonValue({ maxDepth: 3 }))
const json = fc.oneof(
  document.map((value) => JSON.stringify(value)),
  document.map((value) => JSON.stringify(value, null, 2)),
  oddJson(document),
)

function parsed(bytes: Uint8Array): { value: unknown } | { error: unknown } {
  try {
    return { value: JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) }
  } catch (error) {
    return { error }
  }
}

fuzzTest(
  'a file is read as JSON.parse reads it, or refused with the place where it stops being JSON',
  { runs: 200, outcomes: ['read', 'no JSON', 'no text'] },
  damagedBytes(json.map((text) => Buffer.from(text))),
  async (bytes) => {
    writeFileSync(a, bytes)
    const expected = parsed(bytes)
    const got = await readJson(a).then(
      (value) => ({ value }),
      (error: unknown) => ({ error }),
    )
    if ('value' in expected) {
      expect('value' in got && JSON.stringify(shallow(got.value))).toBe(JSON.stringify(shallow(expected.value)))
      return 'read'
    }
    if (!('error' in got) || !(got.error instanceof Error)) throw new Error('Expected it to be refused')
    const { message } = got.error
    if (message === `${a} is not text in UTF-8`) return 'no text'
    const [, line, column, found] = /:(\d+):(\d+) is not JSON: unexpected (.+)$/s.exec(message) ?? []
    const text = new TextDecoder().decode(bytes)
    const before = text.split('\n').slice(0, Number(line) - 1)
    const at = before.join('\n').length + (before.length > 0 ? 1 : 0) + Number(column) - 1
    const character = String.fromCodePoint(text.codePointAt(at) ?? 0)
    expect(found).toBe(at === text.length ? 'end of the text' : JSON.stringify(character))
    // V8 tells the place for some texts only; its place is inside a literal, a number or an escape, ours before it
    const [, position] = / at position (\d+)/.exec(String(expected.error)) ?? []
    if (position !== undefined) {
      expect(at).toBeLessThanOrEqual(Number(position))
      expect(at).toBeGreaterThanOrEqual(Number(position) - 5)
    }
    return 'no JSON'
  },
)

/** `JSON.stringify` does not reach the depths that are read. */
function shallow(value: unknown, depth = 0): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (depth > 50) return 'deeper'
  return Object.entries(value).map(([key, member]) => [key, shallow(member, depth + 1)])
}

const number = fc.constantFrom('0', '5', '15', '16', '-1', '0.5', '1e-3', '1e999', 'NaN', '', 'x', '0x3')
const pointer = damagedText(fc.constantFrom('/price', '/tags/*', '/**/x', '/tags/b~1c', '')).map((text) =>
  text.replaceAll('\0', ''),
)
const flags = fc
  .array(
    fc.oneof(
      number.map((text) => `--decimals=${text}`),
      number.map((text) => `--tolerance=${text}`),
      number.map((text) => `--relative=${text}`),
      pointer.map((text) => `--ignore=${text}`),
      fc.constantFrom('--unordered', '--json', '--patch', '--unknown'),
    ),
    { maxLength: 2 },
  )
  .map((list) => [a, b, ...list])
const someJson = fc.oneof({ weight: 2, arbitrary: json }, { weight: 1, arbitrary: damagedText(json) })

fuzzTest(
  'the command ends with 0, 1 or 2, whatever the files and options are',
  { runs: 100, outcomes: ['equal', 'different', 'refused'] },
  fc.tuple(fc.oneof(fc.constant([a, b]), flags), someJson, fc.option(someJson, { freq: 2 })),
  async ([args, first, second]) => {
    writeFileSync(a, first)
    writeFileSync(b, second ?? first)
    const before = process.exitCode
    const command = compareCommand()
      .exitOverride()
      .configureOutput({ writeErr: () => {} })
    try {
      await command.parseAsync(args, { from: 'user' })
      const code = process.exitCode
      if (code === 2) return 'refused'
      expect([0, 1]).toContain(code)
      for (const text of [first, second ?? first]) expect(parsed(Buffer.from(text))).toHaveProperty('value')
      if (second === null) expect(code).toBe(0)
      return code === 0 ? 'equal' : 'different'
    } catch (error) {
      if (!(error instanceof CommanderError)) throw error
      return 'refused'
    } finally {
      process.exitCode = before
    }
  },
)

fuzzTest(
  'a JSON Pointer is read and written back, or is none',
  { runs: 1_000, outcomes: ['a pointer', 'none'] },
  fc.oneof(
    damagedText(fc.constantFrom('', '/', '/a/b~1c/~0~01', '/0/*/**/ä', '//')),
    fc.array(fc.string({ unit: anyCharacter })).map((keys) => keys.map((key) => `/${escapeSegment(key)}`).join('')),
  ),
  (text) => {
    const keys = parsePointer(text)
    if (keys === undefined) {
      expect(text).toMatch(/^[^/]|~(?![01])/)
      return 'none'
    }
    expect(keys.map((key) => `/${escapeSegment(key)}`).join('')).toBe(text)
    return 'a pointer'
  },
)

const some = <Value>(values: fc.Arbitrary<Value>) => fc.oneof({ weight: 6, arbitrary: values }, fc.anything())
const rules = {
  decimals: some(fc.integer({ min: 0, max: 15 })),
  tolerance: some(fc.constantFrom(0, 0.5, 1e300)),
  relativeTolerance: some(fc.constantFrom(0, 0.5)),
  arrayOrder: some(fc.constantFrom('strict', 'ignore')),
}
const options = fc.record(
  {
    ...rules,
    ignore: some(fc.array(some(pointer), { maxLength: 2 })),
    overrides: some(
      fc.array(some(fc.record({ path: pointer, ...rules }, { requiredKeys: ['path'] })), { maxLength: 2 }),
    ),
    numbersEqual: some(fc.constant(() => undefined)),
    maxDifferences: some(fc.integer({ min: 1, max: 9 })),
    unknown: fc.anything(),
  },
  { requiredKeys: [] },
)

fuzzTest(
  'options are taken, or refused with what was expected; then any two values are compared',
  { runs: 300, outcomes: ['taken', 'refused'] },
  fc.tuple(
    fc.oneof({ weight: 9, arbitrary: options }, fc.anything()),
    oddJson(document).map((text): unknown => JSON.parse(text)),
    oddJson(document).map((text): unknown => JSON.parse(text)),
  ),
  ([given, left, right]) => {
    let comparer: ReturnType<typeof createJsonComparer>
    try {
      comparer = createJsonComparer(given as JsonDiffOptions)
    } catch (error) {
      expect(error instanceof TypeError || error instanceof RangeError).toBe(true)
      expect(String(error)).toMatch(/^(Type|Range)Error: Expected `.+` to be .+, got /s)
      return 'refused'
    }
    const differences = comparer.diff(left, right)
    expect(comparer.equal(left, right)).toBe(differences.length === 0)
    expect(comparer.equal(left, left)).toBe(true)
    expect(
      formatDifferences(differences)
        .split('\n')
        .every((line) => line.length < 100_000),
    ).toBe(true)
    return 'taken'
  },
)
