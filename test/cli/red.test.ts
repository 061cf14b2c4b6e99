import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { redCommand } from '../../src/cli/red.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
const pictures = 'examples/images'

interface Run {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

function red(args: readonly string[], input?: Buffer): Promise<Run> {
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      ['dist/cli/index.js', 'red', ...args],
      { cwd: root, env: { ...process.env, NO_COLOR: '1' } },
      (error, stdout, stderr) => resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr }),
    )
    child.stdin?.end(input)
  })
}

const folder = mkdtempSync(join(tmpdir(), 'red-command-'))
afterAll(() => rmSync(folder, { recursive: true }))

describe.concurrent('ruddle red', () => {
  it('prints a line for an image, goes on after what fails, and exits with 1', async () => {
    const escaping = join(folder, '\u001b[31mred\n.jpg')
    writeFileSync(escaping, readFileSync(join(root, pictures, 'rose.jpg')))
    const { code, stdout, stderr } = await red([
      join(folder, 'none.jpg'),
      'src/red-ratio',
      `${pictures}/sea.jpg`,
      escaping,
    ])
    expect(code).toBe(1)
    // a name does not write to the terminal
    expect(stdout).toBe(`0.0000  ${pictures}/sea.jpg\n0.2206  ${folder}/\\u001b[31mred\\u000a.jpg\n`)
    expect(stderr.split('\n').sort()).toEqual(
      [
        '',
        'failed  src/red-ratio: UNSUPPORTED There are no images in this folder',
        `failed  ${folder}/none.jpg: ENOENT ENOENT: no such file or directory, open '${folder}/none.jpg'`,
      ].sort(),
    )
  })

  it('walks a folder, in the order of names', async () => {
    const { code, stdout, stderr } = await red([pictures])
    const names = stdout
      .trim()
      .split('\n')
      .map((line) => line.slice(8))
    expect(code).toBe(0)
    expect(names).toHaveLength(16)
    expect(names).toEqual([...names].sort())
    expect(stderr).toBe('')
  })

  it('prints JSON, with the definition, also of the standard input', async () => {
    const args = ['--json', '--definition', 'area/1:h15,s50,v20', '-', 'package.json']
    const { code, stdout } = await red(args, readFileSync(join(root, pictures, 'sea.jpg')))
    const lines = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(code).toBe(1)
    expect(lines[0]).toEqual({
      image: '-',
      red: 0,
      red_weight: 0,
      weight: 480_000,
      pixels: 480_000,
      definition: 'area/1:h15,s50,v20',
    })
    expect(lines[1]).toMatchObject({ image: 'package.json', error: { code: 'UNSUPPORTED' } })
  })

  it('exits with 2 for an unknown definition, before anything is measured', async () => {
    const { code, stdout, stderr } = await red(['--definition', 'redness', `${pictures}/sea.jpg`])
    expect(code).toBe(2)
    expect(stdout).toBe('')
    expect(stderr).toContain('Expected `definition` to be')
  })
})

describe('wrong usage', () => {
  it.each([
    [['--pages', 'last', 'a.jpg'], 'Expected first, all, or a number from 0.'],
    [['--max-pixels', '-1', 'a.jpg'], 'Expected a whole number of at least 1.'],
    [['--alpha', 'half', 'a.jpg'], 'Allowed choices are weight, ignore.'],
    [[], "missing required argument 'image'"],
  ])('%j is refused', async (args, message) => {
    const said: string[] = []
    const command = redCommand()
      .exitOverride()
      .configureOutput({ writeErr: (text) => said.push(text) })
    await expect(command.parseAsync(args, { from: 'user' })).rejects.toMatchObject({ exitCode: 1 })
    expect(said.join('')).toContain(message)
  })
})
