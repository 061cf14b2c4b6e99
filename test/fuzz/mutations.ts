import fc from 'fast-check'
import { anyCharacter } from '../any-character.ts'

/** Pieces that parsers stumble over: they end a part, open one, have two meanings, or are very many. */
const pieces: readonly string[] = [
  '"',
  '\\',
  '{',
  '}',
  '[',
  ']',
  ',',
  ':',
  ';',
  '\n',
  '\r\n',
  '\r\n\r\n',
  '\0',
  ' ',
  '\t',
  '-',
  '0',
  '1e999',
  '-0',
  '9007199254740993',
  '\ud800',
  '\\ud800',
  '\ufeff',
  '\u2028',
  '\xc3',
  '\xff\xfe',
  'null',
  'NaN',
  '"__proto__":',
  '"constructor":',
  '%',
  '%00',
  '%ff',
  '../',
  '&',
  '=',
  '+',
  '['.repeat(2_000),
  '{"a":'.repeat(2_000),
  'x'.repeat(5_000),
]

type Edit = (text: string, other: string) => string

const place = fc.nat(100_000)
const piece = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...pieces) },
  fc.string({ unit: anyCharacter, maxLength: 4 }),
)

const edit: fc.Arbitrary<Edit> = fc.oneof(
  // a bit turned over
  fc.tuple(place, fc.nat(7)).map(
    ([at, bit]): Edit =>
      (text) => {
        const index = at % Math.max(text.length, 1)
        const unit = text.charCodeAt(index) ^ (1 << bit)
        return text.slice(0, index) + (text === '' ? '' : String.fromCharCode(unit)) + text.slice(index + 1)
      },
  ),
  // cut off
  place.map(
    (at): Edit =>
      (text) =>
        text.slice(0, at % (text.length + 1)),
  ),
  // a piece put in, in place of some characters
  fc.tuple(place, piece, fc.nat(3)).map(
    ([at, put, over]): Edit =>
      (text) => {
        const index = at % (text.length + 1)
        return text.slice(0, index) + put + text.slice(index + over)
      },
  ),
  // a part left out
  fc.tuple(place, fc.nat(20)).map(
    ([at, length]): Edit =>
      (text) => {
        const index = at % (text.length + 1)
        return text.slice(0, index) + text.slice(index + length)
      },
  ),
  // a part twice, or many times
  fc.tuple(place, fc.nat(40), fc.integer({ min: 2, max: 20 })).map(
    ([at, length, times]): Edit =>
      (text) => {
        const index = at % (text.length + 1)
        return text.slice(0, index) + text.slice(index, index + length).repeat(times) + text.slice(index + length)
      },
  ),
  // the beginning of one input and the end of another
  fc.tuple(place, place).map(
    ([end, start]): Edit =>
      (text, other) => {
        return text.slice(0, end % (text.length + 1)) + other.slice(start % (other.length + 1))
      },
  ),
)

/** Texts that are valid, valid but for a few edits, or nothing at all; most come past the first check of a parser. */
export function damagedText(valid: fc.Arbitrary<string>): fc.Arbitrary<string> {
  const damage = (least: number, most: number) =>
    fc
      .tuple(valid, valid, fc.array(edit, { minLength: least, maxLength: most }))
      .map(([text, other, edits]) => edits.reduce((result, change) => change(result, other), text))
  return fc.oneof(
    { weight: 3, arbitrary: valid },
    { weight: 6, arbitrary: damage(1, 2) },
    { weight: 2, arbitrary: damage(3, 8) },
    { weight: 1, arbitrary: fc.string({ unit: anyCharacter, maxLength: 200 }) },
  )
}

/** As {@link damagedText}, of bytes. */
export function damagedBytes(valid: fc.Arbitrary<Uint8Array>): fc.Arbitrary<Buffer> {
  const texts = valid.map((bytes) => Buffer.from(bytes).toString('latin1'))
  return damagedText(texts).map((text) => Buffer.from(text, 'latin1'))
}

/** JSON texts of values that stand where something else is expected; some of them `JSON.stringify` never writes. */
const oddValue: fc.Arbitrary<string> = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.constantFrom(
      ...['null', 'true', '0', '-0', '-1', '1.5', '1e-400', '1e999', '-1e999', '9007199254740991', '9007199254740993'],
      ...['""', '"x"', '"0"', '"__proto__"', '"\\ud800"', '"\\u0000"', '"\\r\\nA: b"', '[]', '{}', '[null]', '[[]]'],
      ...['{"__proto__":{"x":1}}', '{"toString":1,"valueOf":null}', '{"length":4294967295}', `"${'é'.repeat(300)}"`],
    ),
  },
  { weight: 2, arbitrary: fc.json({ maxDepth: 2 }) },
  { weight: 1, arbitrary: fc.constantFrom('['.repeat(9_000) + ']'.repeat(9_000), `"${'x'.repeat(70_000)}"`) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(`${'{"a":'.repeat(9_000)}1${'}'.repeat(9_000)}`, `[${'0,'.repeat(20_000)}0]`),
  },
)

/** JSON texts of valid values of which some parts, at any depth, are odd ones. They stay JSON. */
export function oddJson(valid: fc.Arbitrary<unknown>, { most = 2 } = {}): fc.Arbitrary<string> {
  const changes = fc.array(fc.tuple(fc.nat(1_000), oddValue), { maxLength: most })
  return fc.tuple(valid, changes).map(([value, odd]) => {
    const size = countOf(value)
    return textOf(value, new Map(odd.map(([at, text]) => [at % size, text])))
  })
}

function countOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 1
  return Object.values(value).reduce((sum: number, member) => sum + countOf(member), 1)
}

/** JSON in which the parts with these numbers, counted from the root down, are exchanged. */
function textOf(value: unknown, exchanged: ReadonlyMap<number, string>): string {
  let next = 0
  const write = (part: unknown): string => {
    const instead = exchanged.get(next++)
    const isTree = typeof part === 'object' && part !== null
    const text = !isTree
      ? (JSON.stringify(part) ?? 'null')
      : Array.isArray(part)
        ? `[${part.map(write).join()}]`
        : `{${Object.entries(part)
            .map(([key, member]) => `${JSON.stringify(key)}:${write(member)}`)
            .join()}}`
    return instead ?? text
  }
  return write(value)
}
