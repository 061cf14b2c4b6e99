// The packed file in projects of several kinds: each is compiled as its kind is, and does what the README shows.
import { cpSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'esbuild'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { firstResultPeers, plainFirstResults, typedFirstResults } from './first-results.ts'
import { type ImageServer, serveImages } from './image-server.ts'
import { compile, type Rehearsal, rehearse, root, run } from './rehearsal.ts'

let release: Rehearsal
let images: ImageServer

beforeAll(async () => {
  images = await serveImages()
  release = await rehearse()
}, 300_000)
afterAll(async () => {
  release?.[Symbol.dispose]()
  await images?.[Symbol.asyncDispose]()
})

function project(name: string, files: Record<string, string>): string {
  const folder = release.project(name, files, [...firstResultPeers, '@types/node'])
  cpSync(join(root, 'examples/images/tomatoes.jpg'), join(folder, 'photos/tomatoes.jpg'))
  return folder
}

/** Runs a program of first results, and expects what each of them writes. */
async function expectFirstResults(folder: string, file: string): Promise<void> {
  rmSync(join(folder, 'stats-data'), { recursive: true, force: true }) // an event that is there already alerts nobody
  const { stdout } = await run(process.execPath, [file], folder)
  const lines = stdout.trim().split('\n')
  const plain = lines.filter((line) => !line.startsWith('{'))
  const perf = lines.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line).perf)
  expect(plain).toEqual([
    'tomatoes.jpg uploaded taken',
    '31 % of the picture is red',
    'tomatoes is very red: 0.85',
    '5 first results',
  ])
  expect(perf).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ k: 'timeit', fn: 'parse', n: 1, err: 0 }),
      expect.objectContaining({ k: 'timeit', fn: 'Orders.price', n: 1, err: 0 }),
    ]),
  )
}

const strict = {
  target: 'es2022',
  lib: ['es2023', 'esnext.disposable', 'esnext.decorators'],
  types: ['node'],
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  outDir: 'out',
  rootDir: '.',
}
const tsconfig = (options: object): string => JSON.stringify({ compilerOptions: { ...strict, ...options } })

describe('JavaScript', () => {
  it('of an ECMAScript module imports it', async () => {
    const main = plainFirstResults(images.url, 'import')
    await expectFirstResults(project('esm', { 'package.json': '{ "type": "module" }', 'main.js': main }), 'main.js')
  })

  it('of CommonJS requires it', async () => {
    const main = plainFirstResults(images.url, 'require')
    expect(main).not.toMatch(/^import /m)
    await expectFirstResults(project('cjs', { 'package.json': '{}', 'main.js': main }), 'main.js')
  })
})

describe('TypeScript', () => {
  it('with moduleResolution node16 compiles and runs both kinds of modules', async () => {
    const main = typedFirstResults(images.url)
    const folder = project('node16', {
      'package.json': '{}',
      'tsconfig.json': tsconfig({ module: 'node16', moduleResolution: 'node16' }),
      'main.mts': main,
      'main.cts': main,
    })
    await compile(folder)
    await expectFirstResults(folder, 'out/main.mjs')
    await expectFirstResults(folder, 'out/main.cjs')
  })

  it('with moduleResolution bundler compiles, and runs as one file', async () => {
    const folder = project('bundler', {
      'package.json': '{ "type": "module" }',
      'tsconfig.json': tsconfig({ module: 'esnext', moduleResolution: 'bundler', noEmit: true }),
      'main.ts': typedFirstResults(images.url),
    })
    await compile(folder)
    await build({
      absWorkingDir: folder,
      entryPoints: ['main.ts'],
      bundle: true,
      platform: 'node',
      target: 'node20',
      external: [...firstResultPeers],
      outfile: join(folder, 'out/main.cjs'),
    })
    await expectFirstResults(folder, 'out/main.cjs')
  })

  it.each(['node16', 'bundler'])('with moduleResolution %s refuses a wrong call', async (moduleResolution) => {
    const folder = project(`wrong-${moduleResolution}`, {
      'package.json': '{ "type": "module" }',
      'tsconfig.json': tsconfig({ module: moduleResolution === 'node16' ? 'node16' : 'esnext', moduleResolution }),
      'main.ts': "import { jsonCompare } from 'ruddle/json-compare'\njsonCompare(1, 2, { decimals: 'five' })\n",
    })
    await expect(compile(folder)).rejects.toThrow("Type 'string' is not assignable to type 'number'")
  })
})
