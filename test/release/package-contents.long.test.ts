// What is in the file that would be published, and what must not be.
import { readFileSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { dirname, join, normalize } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Rehearsal, rehearse, root } from './rehearsal.ts'

interface Manifest {
  readonly exports: Record<string, string | Record<'import' | 'require', { types: string; default: string }>>
  readonly bin: Record<string, string>
}

interface SourceMap {
  readonly file?: string
  readonly sourceRoot?: string
  readonly sources: readonly string[]
  readonly sourcesContent?: readonly (string | null)[]
}

let release: Rehearsal
let files: readonly string[]

beforeAll(async () => {
  release = await rehearse()
  files = release.packed.files.map(({ path }) => path)
}, 300_000)
afterAll(() => release?.[Symbol.dispose]())

const read = (path: string): string => readFileSync(join(release.installed, path), 'utf8')
const builtFile = /^dist\/.+\.(js|cjs|d\.ts|d\.cts|js\.map|cjs\.map)$/

/** Every built file that `exports` and `bin` lead to, directly or by what they import. */
function reachable(): Set<string> {
  const { exports, bin } = JSON.parse(read('package.json')) as Manifest
  const conditions = Object.values(exports).flatMap((entry) => (typeof entry === 'string' ? [] : Object.values(entry)))
  const waiting = [...conditions.flatMap((entry) => Object.values(entry)), ...Object.values(bin)].map(normalize)
  const found = new Set<string>()
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    if (found.has(path)) continue
    found.add(path)
    for (const [, name] of read(path).matchAll(/(?:\bfrom|\bimport|\brequire)\s*\(?\s*["'](\.[^"'\n]+)["']/g)) {
      const target = join(dirname(path), name!)
      const declared = /\.d\.c?ts$/.test(path) ? target.replace(/\.(c?)js$/, '.d.$1ts') : target
      if (files.includes(declared)) waiting.push(declared)
    }
  }
  return found
}

describe('the packed file', () => {
  it('holds what is built and four files about it, nothing else', () => {
    const others = files.filter((path) => !builtFile.test(path))
    expect([...others].sort()).toEqual(['CHANGELOG.md', 'LICENSE', 'README.md', 'package.json'])
  })

  it('holds no test', () => {
    expect(files.filter((path) => /\.(test|spec|bench)\.|__tests__|(^|\/)tests?\//.test(path))).toEqual([])
  })

  it('holds every file that an entry leads to, and no leftover of an earlier build', () => {
    const found = reachable()
    const code = files.filter((path) => path.startsWith('dist/') && !path.endsWith('.map'))
    expect([...found].filter((path) => !files.includes(path))).toEqual([])
    expect(code.filter((path) => !found.has(path))).toEqual([])
  })

  it('has source maps that name files of the package by relative paths and hold their text', () => {
    const maps = files.filter((path) => path.endsWith('.map'))
    const wrong = maps.flatMap((path) => {
      const { file = '', sourceRoot = '', sources, sourcesContent } = JSON.parse(read(path)) as SourceMap
      const absolute = [file, sourceRoot, ...sources].filter((name) => /^([/\\]|[a-z]+:)/i.test(name))
      const missing = sources.filter((name, index) => {
        return typeof sourcesContent?.[index] !== 'string' && !files.includes(join(dirname(path), name))
      })
      return [...absolute, ...missing].map((name) => `${path}: ${name}`)
    })
    expect(maps.length).toBeGreaterThan(10)
    expect(wrong).toEqual([])
  })

  it('names no folder of the machine that built it', () => {
    const folders = [root, join(homedir(), '/'), join(tmpdir(), '/')]
    const naming = files.filter((path) => folders.some((folder) => read(path).includes(folder)))
    expect(naming).toEqual([])
  })

  it('is at most 2 MB', () => {
    const { size, unpackedSize } = release.packed
    process.stdout.write(`packed ${size} bytes, unpacked ${unpackedSize} bytes, ${files.length} files\n`)
    expect(size).toBeLessThan(2_000_000)
  })
})
