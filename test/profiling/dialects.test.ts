import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { build } from 'esbuild'
import { build as tsup } from 'tsup'
import ts from 'typescript'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const sources = new URL('./dialects/', import.meta.url)
const run = promisify(execFile)
let folder = ''

// A project of its own, with the module as its dependency and sources to compile.
beforeAll(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'ruddle-dialects-')))
  const installed = join(folder, 'node_modules/ruddle')
  await mkdir(installed, { recursive: true })
  await build({
    entryPoints: ['src/profiling/index.ts'],
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'es2022',
    outfile: join(installed, 'profiling.js'),
  })
  await writeFile(join(installed, 'package.json'), '{"type":"module","exports":{"./profiling":"./profiling.js"}}')
  await writeFile(join(folder, 'package.json'), '{"type":"module"}')
  for (const name of ['shop.ts', 'members.ts']) {
    await writeFile(join(folder, name), await readFile(new URL(name, sources)))
  }
})
afterAll(() => rm(folder, { recursive: true, force: true }))

async function output(
  args: string[],
  env: NodeJS.ProcessEnv = {},
): Promise<{ results: unknown; rows: string[]; places: Record<string, string> }> {
  const { stdout } = await run(process.execPath, args, { cwd: folder, env: { ...process.env, ...env } })
  return JSON.parse(stdout)
}

async function emitted(name: string, options: ts.CompilerOptions): Promise<string> {
  const file = join(folder, `${name}.ts`)
  const { outputText } = ts.transpileModule(await readFile(file, 'utf8'), {
    fileName: file,
    compilerOptions: {
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.ESNext,
      inlineSourceMap: true,
      inlineSources: true,
      ...options,
    },
  })
  const out = join(folder, `${name}-${options.experimentalDecorators ? 'legacy' : 'standard'}.js`)
  await writeFile(out, outputText)
  return out
}

const toolchains: Record<string, (name: string) => Promise<Awaited<ReturnType<typeof output>>>> = {
  'TypeScript, standard': async (name) => output(['--enable-source-maps', await emitted(name, {})]),
  'TypeScript, experimentalDecorators': async (name) =>
    output(['--enable-source-maps', await emitted(name, { experimentalDecorators: true })]),
  'tsx, standard': (name) => output(['--import', import.meta.resolve('tsx'), `${name}.ts`]),
  'tsx, experimentalDecorators': async (name) => {
    await writeFile(
      join(folder, 'legacy.json'),
      '{"compilerOptions":{"experimentalDecorators":true,"target":"es2022"}}',
    )
    return output(['--import', import.meta.resolve('tsx'), `${name}.ts`], {
      TSX_TSCONFIG_PATH: join(folder, 'legacy.json'),
    })
  },
  'tsup output': async (name) => {
    await tsup({
      entry: [join(folder, `${name}.ts`)],
      outDir: join(folder, 'dist'),
      format: 'esm',
      target: 'es2022',
      keepNames: true, // esbuild calls a class that refers to itself `_Safe` otherwise
      sourcemap: 'inline',
      config: false,
      silent: true,
      skipNodeModulesBundle: true,
    })
    return output(['--enable-source-maps', `dist/${name}.js`])
  },
}

const results = [1, 2, '7 of 2', 5, false, [1, 2], 8, 2, 4, 7, 8, 2, 'sell', 1, false, []]
const rows = [
  'timeit Shop.open 1',
  'timeit Shop.sell 2',
  'timeit Shop.order 1',
  'timeit discount 1',
  'timeit Shop.get empty 1',
  'timeit Shop.shelves 1',
  'timeit Shop.price 1',
  'timeit Shop.twice 1',
  'timeit Shop.computed name 1',
  'timeit Tills.count 1',
  'timeit Tills.ring 1',
  'timeit plain 1',
  'cache Shop.price 1',
]

describe.each(Object.entries(toolchains))('%s', (_name, compileAndRun) => {
  test('methods, static ones, accessors, generators, classes and plain wrappers', async () => {
    const shop = await compileAndRun('shop')
    expect(shop.results).toEqual(results)
    expect([...shop.rows].sort()).toEqual([...rows].sort())
    const text = (await readFile(join(folder, 'shop.ts'), 'utf8')).split('\n')
    const declared = Object.entries(shop.places).map(([fn, place]) => [
      fn,
      text[Number(place.split(':')[1]) - 1]?.trim(),
    ])
    expect(Object.fromEntries(declared)).toEqual({
      'Shop.open': 'static open(): Shop {',
      'Shop.sell': 'sell(count: number): number {',
      'Shop.order': 'async order(id: string): Promise<string> {',
      discount: 'static discount(price: number): number {',
      'Shop.get empty': 'get empty(): boolean {',
      'Shop.shelves': '*shelves(): Generator<number> {',
      'Shop.price': 'price(id: number): number {',
      'Shop.twice': 'twice(): number {',
      'Shop.computed name': "['computed name'](): number {",
      'Tills.count': 'class Tills {',
      'Tills.ring': 'class Tills {',
      plain: "const plain = timeit('plain', (x: number) => x + 1)",
    })
  })
})

describe.each(Object.entries(toolchains).filter(([name]) => !name.includes('experimental')))(
  '%s',
  (_name, compileAndRun) => {
    test('private members, accessors and fields', async () => {
      const { results, rows } = await compileAndRun('members')
      expect(results).toEqual([[42, 43, 44], 5, 6, [1], [1], ['handler']])
      expect(rows.sort()).toEqual(
        [
          'Safe.#code 1',
          'Safe.#master 1',
          'Safe.get #hidden 1',
          'Safe.get level 2',
          'Safe.set level 2',
          'Safe.set weight 1',
          'Safe.handler 1',
          'Safe.[Symbol.iterator] 1',
          'Safe.pages 1',
        ].sort(),
      )
    })
  },
)
