import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

const root = fileURLToPath(new URL('../', import.meta.url))

interface Import {
  readonly from: string
  /** A path from the root for our own files, else the name of a package. */
  readonly of: string
}

function importsIn(folder: string, ending: RegExp): Import[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => ending.test(file) && !file.includes('node_modules'))
    .flatMap((file) => {
      const from = join(folder, file)
      const text = readFileSync(join(root, from), 'utf8').replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '')
      const specifiers = text.matchAll(/(?:\bfrom|\bimport)\s*\(?\s*'([^']+)'/g)
      return [...specifiers].map(([, specifier]) => ({
        from,
        of: specifier!.startsWith('.') ? relative(root, join(root, dirname(from), specifier!)) : specifier!,
      }))
    })
}

const moduleOf = (path: string) => path.match(/^src\/([^/]+)\//)?.[1]
const adapter = /^src\/red-stats\/(stores|notifiers|registries|transports|client|testing)\//
const inSource = importsIn('src', /\.ts$/)
const said = ({ from, of }: Import) => `${from} imports ${of}`

it('reads the imports of the source', () => {
  expect(inSource.length).toBeGreaterThan(100)
})

it('no module knows another: only src/index.ts and src/cli do', () => {
  const across = inSource.filter(
    ({ from, of }) =>
      of.startsWith('src/') && from !== 'src/index.ts' && moduleOf(from) !== 'cli' && moduleOf(of) !== moduleOf(from),
  )
  expect(across.map(said)).toEqual([])
})

it('inside red-stats nothing imports an adapter but its own entry, and the defaults that need no package', () => {
  const inProcess = /(stores\/(memory|indexed)|notifiers\/local|registries\/memory)/
  const sameAdapter = ({ from, of }: Import) => adapter.test(from) && from.match(adapter)![1] === of.match(adapter)![1]
  const ownEntry = ({ from }: Import) => from === 'src/red-stats/postgres.ts' // of two adapters
  const wrong = inSource.filter(
    (one) => adapter.test(one.of) && !sameAdapter(one) && !inProcess.test(one.of) && !ownEntry(one),
  )
  expect(wrong.map(said)).toEqual([])
})

it('the profiling module has no dependency', () => {
  const packages = inSource.filter(
    ({ from, of }) => /^src\/profiling\/[^/]+\.ts$/.test(from) && !of.startsWith('src/') && !of.startsWith('node:'),
  )
  expect(packages.map(said)).toEqual([])
})

it('examples import ruddle by its name', () => {
  const wrong = importsIn('examples', /\.[jt]s$/).filter(({ of }) => of.startsWith('src/'))
  expect(wrong.map(said)).toEqual([])
})
