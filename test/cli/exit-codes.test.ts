// The table of docs/command-line.md against the command; what is not provoked here is where each command is tested.
import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Command } from 'commander'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { compareCommand } from '../../src/cli/compare.ts'
import { perfCommand } from '../../src/cli/perf.ts'
import { redCommand } from '../../src/cli/red.ts'
import { uploadCommand } from '../../src/cli/upload.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'ruddle-exit-codes-'))
const commands = ['compare', 'upload', 'red', 'perf'] as const
const documented = tableOf(readFileSync(join(root, 'docs/command-line.md'), 'utf8'))

/** The codes that the table has an answer for, by command. */
function tableOf(text: string): Record<string, number[]> {
  const [head, , ...rows] = /^## Exit codes\n\n((?:\|.*\n)+)/m.exec(text)![1]!.trim().split('\n').map(cellsOf)
  return Object.fromEntries(
    head!
      .slice(1)
      .map((command, index) => [
        command,
        rows.filter((row) => row[index + 1] !== '–').flatMap(([codes]) => codes!.split(', ').map(Number)),
      ]),
  )
}

function cellsOf(row: string): string[] {
  return row
    .slice(1, -1)
    .split('|')
    .map((cell) => cell.trim())
}

function exitCode(args: readonly string[]): Promise<number> {
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [join(root, 'dist/cli/index.js'), ...args], { cwd: folder }, (error) =>
      resolve(typeof error?.code === 'number' ? error.code : 0),
    )
    child.stdin?.end()
  })
}

beforeAll(() => {
  writeFileSync(join(folder, 'a.json'), '{"red": 0.5}')
  writeFileSync(join(folder, 'b.json'), '{"red": 0.6}')
  writeFileSync(join(folder, 'cut.json'), '{"red":')
  for (const name of ['empty', 'photos']) mkdirSync(join(folder, name))
  writeFileSync(join(folder, 'photos/sea.jpg'), readFileSync(join(root, 'examples/images/sea.jpg')))
})
afterAll(() => rmSync(folder, { recursive: true }))

const nobody = ['--to', 'http://127.0.0.1:1', '--retries', '0']
const provoked: readonly [number, string, string][] = [
  [1, 'compare', 'a.json b.json'],
  [2, 'compare', 'a.json cut.json'],
  [3, 'upload', `none ${nobody.join(' ')}`],
  [4, 'upload', `empty --error-on-empty ${nobody.join(' ')}`],
  [5, 'upload', `photos ${nobody.join(' ')}`],
  [1, 'red', 'a.json'],
  [1, 'perf', 'report a.json'],
  [2, 'perf', 'report a.json --slow-ms never'],
]

describe('exit codes', () => {
  it('are documented for every command, and the same wherever a signal ends one', () => {
    expect(documented).toEqual({
      compare: [0, 1, 2, 130, 143],
      upload: [0, 1, 2, 3, 4, 5, 130, 143],
      red: [0, 1, 2, 130, 143],
      perf: [0, 1, 2, 130, 143],
    })
  })

  it.concurrent.each(provoked)('%i of ruddle %s %s', async (code, command, args) => {
    expect(documented[command]).toContain(code)
    expect(await exitCode([command, ...args.split(' ')])).toBe(code)
  })

  it.concurrent('2 without a command', async () => {
    expect(await exitCode([])).toBe(2)
  })
})

describe('--help', () => {
  const all = [compareCommand(), uploadCommand(), redCommand(), perfCommand()]
  const each = all.flatMap((command) => [command, ...command.commands]).map((command) => [fullName(command), command])

  it('is there for every command of the table', () => {
    expect(all.map((command) => command.name())).toEqual(commands)
  })

  it.each(each as [string, Command][])('of ruddle %s has examples', (name, command) => {
    let shown = ''
    command.configureOutput({
      writeOut: (text) => {
        shown += text
      },
    })
    command.outputHelp()
    const examples = shown.split('\nExamples:\n')[1]?.split('\n\n')[0]?.trimEnd().split('\n') ?? []
    expect(examples.length).toBeGreaterThan(1)
    expect(examples.filter((line) => !line.includes(`ruddle ${name}`))).toEqual([])
  })
})

function fullName(command: Command): string {
  return command.parent === null ? command.name() : `${command.parent.name()} ${command.name()}`
}
