// node --import tsx test/red-stats/testing/write-conformance.ts: runs the suite on every store and writes the table of
// what passed into docs/conformance.md. A section that another suite wrote stays.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { storeCaseNames } from '../../../src/red-stats/testing/index.ts'
import { type CaseResult, collectResults } from './collect.ts'
import { stores } from './stores.ts'

const page = new URL('../../../docs/conformance.md', import.meta.url)
const marks = { passed: 'yes', failed: '**no**', skipped: '–' }

const results = new Map<string, Map<string, CaseResult>>()
for (const [name, prepare] of Object.entries(stores)) {
  const { create, end } = await prepare()
  const ofStore = await collectResults(create)
  await end()
  results.set(name, new Map(ofStore.map((result) => [result.name, result])))
  for (const { result, name: testCase, reason } of ofStore) {
    if (result === 'failed') console.error(`${name}: ${testCase}: ${reason}`)
  }
}

const names = [...results.keys()]
const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
const lines = [row(['', ...names]), row(['---', ...names.map(() => '---')])]
for (const [group, cases] of Object.entries(storeCaseNames)) {
  lines.push(row([`**${group}**`, ...names.map(() => '')]))
  for (const name of cases)
    lines.push(row([name, ...names.map((store) => marks[results.get(store)!.get(name)!.result])]))
}
const counts = names.map((name) => {
  const of = (wanted: CaseResult['result']) =>
    [...results.get(name)!.values()].filter(({ result }) => result === wanted).length
  return `${of('passed')} yes, ${of('skipped')} –, ${of('failed')} no`
})
lines.push(row(['**total**', ...counts]))

const section = `<!-- stores -->
## Stores

Each case of \`testStore\`, run on every store of the package. “–”: a case about something that the store says of itself
that it does not do. “ClickHouse over HTTP” is the adapter for a server, with ClickHouse's own Node.js client over real
HTTP, against a test server that answers from chDB.

${lines.join('\n')}
<!-- end stores -->`
const before = existsSync(page)
  ? readFileSync(page, 'utf8')
  : '# Which adapter passes what\n\nWritten by the suites of `ruddle/red-stats/testing`.\n'
const [start, end] = [before.indexOf('<!-- stores -->'), before.indexOf('<!-- end stores -->')]
writeFileSync(
  page,
  start < 0
    ? `${before.trimEnd()}\n\n${section}\n`
    : before.slice(0, start) + section + before.slice(end + '<!-- end stores -->'.length),
)
process.exitCode = lines.some((line) => line.includes(marks.failed)) ? 1 : 0
