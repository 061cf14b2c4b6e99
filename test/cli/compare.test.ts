import { spawn } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readJson } from '../../src/cli/read-json.ts'

const program = fileURLToPath(new URL('../../dist/cli/index.js', import.meta.url))
let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ruddle-compare-'))
  await write('a.json', '{"price": 1, "tags": ["x", "y"], "at": 1}')
  await write('close.json', '{"at": 1, "tags": ["x", "y"], "price": 1.000001}')
  await write('b.json', '{"price": 1.5, "tags": ["y", "x", "z"], "at": 2}')
})
afterAll(() => rm(folder, { recursive: true }))

const write = (name: string, content: string | Uint8Array): Promise<void> => writeFile(join(folder, name), content)

async function compare(
  args: string[],
  { input = '', env = {} } = {},
): Promise<{ code: number; out: string; err: string }> {
  const child = spawn(process.execPath, [program, 'compare', ...args], {
    cwd: folder,
    env: { ...process.env, NO_COLOR: '1', ...env },
  })
  child.stdin.on('error', () => {}) // it may end before it has read its input
  child.stdin.end(input)
  const exit = new Promise<number>((resolve) => child.on('close', (code) => resolve(code ?? -1)))
  const [out, err, code] = await Promise.all([text(child.stdout), text(child.stderr), exit])
  return { code, out, err }
}

describe.concurrent('ruddle compare', () => {
  test('exits with 0 for equal files', async () => {
    expect(await compare(['a.json', 'close.json'])).toEqual({ code: 0, out: 'Equal\n', err: '' })
  })

  test('exits with 1 for different files and prints where', async () => {
    const { code, out } = await compare(['a.json', 'b.json'])
    expect(code).toBe(1)
    expect(out.split('\n')).toEqual([
      '~ /price: 1 → 1.5 (+0.5)',
      '~ /tags/0: "x" → "y"',
      '~ /tags/1: "y" → "x"',
      '+ /tags/2: "z"',
      '~ /at: 1 → 2 (+1)',
      '5 differences; largest absolute 1, relative 0.5',
      '',
    ])
  })

  test('takes the rules of the comparison', async () => {
    const args = ['--tolerance', '0.5', '--ignore', '/at', '--ignore', '/tags/2', '--unordered']
    expect((await compare(['a.json', 'b.json', ...args])).out).toBe('+ /tags/2: "z"\n1 difference\n')
    expect((await compare(['a.json', 'close.json', '--decimals', '7'])).code).toBe(1)
    expect((await compare(['a.json', 'close.json', '--decimals', '7', '--relative', '1e-6'])).code).toBe(0)
  })

  test('prints JSON or a patch', async () => {
    const json = await compare(['a.json', 'b.json', '--json', '--ignore', '/tags'])
    expect(JSON.parse(json.out)).toEqual([
      { kind: 'changed', path: '/price', a: 1, b: 1.5, delta: 0.5 },
      { kind: 'changed', path: '/at', a: 1, b: 2, delta: 1 },
    ])
    expect(json.code).toBe(1)
    const patch = await compare(['b.json', 'a.json', '--patch'])
    expect(JSON.parse(patch.out).at(-1)).toEqual({ op: 'remove', path: '/tags/2' })
    expect(JSON.parse((await compare(['a.json', 'a.json', '--json'])).out)).toEqual([])
  })

  test('reads one of the two from the standard input', async () => {
    expect(await compare(['-', 'a.json'], { input: '{"price":1,"tags":["x","y"],"at":1}' })).toMatchObject({ code: 0 })
    expect(await compare(['a.json', '-'], { input: '{' })).toEqual({
      code: 2,
      out: '',
      err: 'ruddle compare: standard input:1:2 is not JSON: unexpected end of the text\n',
    })
  })

  test('uses colours where they are asked for, and none elsewhere', async () => {
    const { out } = await compare(['a.json', 'b.json'], { env: { NO_COLOR: '', FORCE_COLOR: '1' } })
    expect(out).toContain('\u001b[32m+ /tags/2: "z"\u001b[39m')
    expect((await compare(['a.json', 'b.json'], { env: { NO_COLOR: '' } })).out).not.toContain('\u001b')
  })

  test.each([
    [[]],
    [['a.json']],
    [['a.json', 'b.json', 'c.json']],
    [['a.json', 'b.json', '--decimals', 'many']],
    [['a.json', 'b.json', '--decimals', '99']],
    [['a.json', 'b.json', '--ignore', 'price']],
    [['a.json', 'b.json', '--json', '--patch']],
    [['a.json', 'b.json', '--patch', '--unordered']],
    [['a.json', 'b.json', '--nonsense']],
    [['-', '-']],
    [['a.json', 'missing.json']],
    [['a.json', '.']],
  ])('exits with 2 for %j, with a word of explanation', async (args) => {
    const { code, out, err } = await compare(args)
    expect(code).toBe(2)
    expect(out).toBe('')
    expect(err).toMatch(/^(error|ruddle compare): .+\n/)
  })

  test('refuses files that are not JSON, and says where', async () => {
    await write('bad.json', '{\n  "a": [1,\n    2,]\n}')
    expect((await compare(['a.json', 'bad.json'])).err).toBe(
      'ruddle compare: bad.json:3:7 is not JSON: unexpected "]"\n',
    )
  })

  test('compares files nested a hundred thousand levels deep', async () => {
    const deep = (leaf: string) => '['.repeat(1e5) + leaf + ']'.repeat(1e5)
    await write('deep.json', deep('1'))
    expect(await compare(['deep.json', '-'], { input: deep('1') })).toMatchObject({ code: 0 })
    expect(await compare(['deep.json', '-', '--json'], { input: '[]' })).toEqual({
      code: 2,
      out: '',
      err: 'ruddle compare: A difference is nested too deep to be printed as JSON\n',
    })
  })
})

describe('text that is not JSON', () => {
  const refusal = async (content: string | Uint8Array): Promise<string> => {
    await write('refused.json', content)
    const error = await readJson(join(folder, 'refused.json')).catch((reason: Error) => reason)
    return error instanceof Error ? error.message.replace(/^.*refused\.json:?/, '') : 'accepted'
  }

  test.each([
    ['', '1:1', 'end of the text'],
    ['  \n ', '2:2', 'end of the text'],
    ['{"a":1,}', '1:8', '"}"'],
    ['[1,2', '1:5', 'end of the text'],
    ['[1 2]', '1:4', '"2"'],
    ['{"a" 1}', '1:6', '"1"'],
    ["{'a':1}", '1:2', '"\'"'],
    ['{"a":01}', '1:7', '"1"'],
    ['[1.]', '1:3', '"."'],
    ['[+1]', '1:2', '"+"'],
    ['[tru]', '1:2', '"t"'],
    ['[nulls]', '1:6', '"s"'],
    ['["a\nb"]', '1:4', '"\\n"'],
    ['"\\x"', '1:2', '"\\\\"'],
    ['"abc', '1:5', 'end of the text'],
    ['{} {}', '1:4', '"{"'],
    ['[1]]', '1:4', '"]"'],
    ['[1}', '1:3', '"}"'],
    ['{"a":1]', '1:7', '"]"'],
    ['{"a"', '1:5', 'end of the text'],
    ['{"a":1,"b"}', '1:11', '"}"'],
    ['// no\n1', '1:1', '"/"'],
    ['[NaN]', '1:2', '"N"'],
    ['["😀", 😀]', '1:8', '"😀"'],
    ['[\n'.repeat(1e5), '100001:1', 'end of the text'],
  ])('%j has its place named', async (content, place, found) => {
    expect(await refusal(content)).toBe(`${place} is not JSON: unexpected ${found}`)
  })

  test('has to be UTF-8, with a byte order mark or without', async () => {
    expect(await refusal(Uint8Array.of(0x22, 0xff, 0x22))).toBe(' is not text in UTF-8')
    expect(await refusal('\ufeff{"a":1}')).toBe('accepted')
  })
})
