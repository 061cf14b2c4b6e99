import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'

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
      ['--import', 'tsx', 'src/cli/index.ts', 'red', ...args],
      { cwd: root, env: { ...process.env, NO_COLOR: '1' } },
      (error, stdout, stderr) => resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr }),
    )
    child.stdin?.end(input)
  })
}

const folder = mkdtempSync(join(tmpdir(), 'red-command-'))
afterAll(() => rmSync(folder, { recursive: true }))

describe.concurrent('ruddle red', () => {
  it('prints a line for an image', async () => {
    expect(await red([`${pictures}/rose.jpg`])).toEqual({
      code: 0,
      stdout: '0.2206  examples/images/rose.jpg\n',
      stderr: '',
    })
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

  it('prints JSON, with the definition', async () => {
    const { code, stdout } = await red([
      '--json',
      '--definition',
      'area/1:h15,s50,v20',
      `${pictures}/sea.jpg`,
      'package.json',
    ])
    const lines = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(code).toBe(1)
    expect(lines[0]).toEqual({
      image: `${pictures}/sea.jpg`,
      red: 0,
      red_weight: 0,
      weight: 480_000,
      pixels: 480_000,
      definition: 'area/1:h15,s50,v20',
    })
    expect(lines[1]).toMatchObject({ image: 'package.json', error: { code: 'UNSUPPORTED' } })
  })

  it('reads the standard input', async () => {
    const { stdout } = await red(['-'], readFileSync(join(root, pictures, 'rose.jpg')))
    expect(stdout).toBe('0.2206  -\n')
  })

  it('goes on after a file that fails, and exits with 1', async () => {
    const { code, stdout, stderr } = await red([join(folder, 'none.jpg'), `${pictures}/rose.jpg`])
    expect(code).toBe(1)
    expect(stdout).toBe('0.2206  examples/images/rose.jpg\n')
    expect(stderr).toMatch(/^failed {2}.*none\.jpg: ENOENT/)
  })

  it('tells a folder without images, and exits with 1', async () => {
    const { code, stderr } = await red(['src/red-ratio'])
    expect(code).toBe(1)
    expect(stderr).toBe('failed  src/red-ratio: UNSUPPORTED There are no images in this folder\n')
  })

  it('does not let the name of a file write to the terminal', async () => {
    const name = join(folder, '\u001b[31mred\n.jpg')
    writeFileSync(name, readFileSync(join(root, pictures, 'rose.jpg')))
    const { stdout } = await red([name])
    expect(stdout).toBe(`0.2206  ${folder}/\\u001b[31mred\\u000a.jpg\n`)
  })

  it.each([
    [['--definition', 'redness', 'a.jpg'], 'Expected `definition` to be'],
    [['--pages', 'last', 'a.jpg'], 'Expected first, all, or a number from 0.'],
    [['--max-pixels', '-1', 'a.jpg'], 'Expected a whole number of at least 1.'],
    [[], "missing required argument 'image'"],
  ])('exits with 2 for wrong usage: %j', async (args, message) => {
    const { code, stdout, stderr } = await red(args)
    expect(code).toBe(2)
    expect(stdout).toBe('')
    expect(stderr).toContain(message)
  })
})
