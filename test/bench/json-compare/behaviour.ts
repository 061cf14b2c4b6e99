import { table } from '../measure.ts'
import { clone } from './data.ts'

type Compare = (a: unknown, b: unknown) => boolean

/** What is asked, with the answer that is right, and who is not asked because the process would not survive it. */
const questions: [question: string, ask: (compare: Compare) => boolean, right: boolean, deadlyFor?: string][] = [
  ['0.1 + 0.2 and 0.3', (compare) => compare({ x: 0.1 + 0.2 }, { x: 0.3 }), true],
  ['1.00001 and 1.00002', (compare) => compare({ x: 1.00001 }, { x: 1.00002 }), false],
  ['1682.6 and 1682.60000000000002', (compare) => compare([1682.6], [JSON.parse('1682.60000000000002')]), true],
  ['{"constructor":{}} and its copy', (compare) => compare({ constructor: {} }, clone({ constructor: {} })), true],
  ['{"valueOf":1} and its copy', (compare) => compare({ valueOf: 1 }, clone({ valueOf: 1 })), true],
  ['{"toString":1} and its copy', (compare) => compare({ toString: 1 }, clone({ toString: 1 })), true],
  ['{} with and without a prototype', (compare) => compare({}, Object.create(null)), true],
  ['a missing key and undefined', (compare) => compare({ a: 1 }, { a: 1, b: undefined }), false],
  ['maps of different content', (compare) => compare({ m: new Map([[1, 2]]) }, { m: new Map([[1, 3]]) }), false],
  ['cyclic values', (compare) => compare(cyclic(), cyclic()), true, 'jsondiffpatch'],
  ['100,000 nested arrays', (compare) => compare(nested(1e5), nested(1e5)), true],
  ['1,000,000 nested arrays', (compare) => compare(nested(1e6), nested(1e6)), true],
]

/** A table of what each comparer answers: right, wrong, or the name of the error. */
export function behaviour(compares: Record<string, Compare>): string {
  const answer = (compare: Compare, ask: (compare: Compare) => boolean, right: boolean): string => {
    try {
      return ask(compare) === right ? 'right' : '**wrong**'
    } catch (error) {
      return `**${error instanceof Error ? error.name : 'error'}**`
    }
  }
  const rows = questions.map(([question, ask, right, deadlyFor]) => [
    question,
    right ? 'equal' : 'different',
    ...Object.entries(compares).map(([peer, compare]) =>
      peer === deadlyFor ? '**not asked**: it fills the memory' : answer(compare, ask, right),
    ),
  ])
  return table(['', 'are', ...Object.keys(compares)], rows)
}

function cyclic(): unknown {
  const value: Record<string, unknown> = { n: 1 }
  value['self'] = value
  return value
}

function nested(levels: number): unknown {
  let value: unknown = []
  for (let i = 0; i < levels; i++) value = [value]
  return value
}
