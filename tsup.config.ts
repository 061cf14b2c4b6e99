import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, isAbsolute, join, relative, resolve } from 'node:path'
import { defineConfig, type Options } from 'tsup'

// The entries are those of `exports` and `bin` in package.json: dist/X.js is built from src/X.ts.
const { exports, bin } = JSON.parse(readFileSync('package.json', 'utf8'))
const sourceOf = (built: string) => built.replace('./dist/', 'src/').replace(/\.js$/, '.ts')
const entries: string[] = Object.values<{ import?: { default: string } }>(exports)
  .flatMap((conditions) => conditions.import?.default ?? [])
  .map(sourceOf)

const shared: Options = {
  outDir: 'dist',
  target: 'es2022',
  platform: 'node',
  skipNodeModulesBundle: true,
  removeNodeProtocol: false,
  sourcemap: true,
  plugins: [
    {
      name: 'maps-name-no-folder-of-the-build', // those of split CommonJS do
      buildEnd({ writtenFiles }) {
        for (const { name } of writtenFiles.filter(({ name }) => name.endsWith('.map'))) {
          const { file: _, ...map }: { file?: string; sources: string[] } = JSON.parse(readFileSync(name, 'utf8'))
          const relativePath = (source: string) => relative(dirname(resolve(name)), source)
          const sources = map.sources.map((source) => (isAbsolute(source) ? relativePath(source) : source))
          writeFileSync(name, JSON.stringify({ ...map, sources }))
        }
      },
    },
  ],
}

export default defineConfig(({ dts }) => [
  // The root entry refers to the built modules instead of holding a second copy of each.
  {
    ...shared,
    entry: { index: 'src/index.ts' },
    format: ['esm', 'cjs'],
    onSuccess: async () => {
      if (dts !== false) writeTypes()
    },
    esbuildPlugins: [
      {
        name: 'modules-stay-outside',
        setup(build) {
          const extension = build.initialOptions.format === 'esm' ? '.js' : '.cjs'
          build.onResolve({ filter: /^\.\// }, ({ path, kind }) =>
            kind === 'entry-point' ? undefined : { path: path.replace(/\.ts$/, extension), external: true },
          )
        },
      },
    ],
  },
  // One file without a shared part: it is vetted by reading before it goes to a server.
  {
    ...shared,
    entry: named(entries.filter((file) => file === 'src/profiling/index.ts')),
    format: ['esm', 'cjs'],
    splitting: false,
  },
  {
    ...shared,
    entry: named(entries.filter((file) => file !== 'src/index.ts' && file !== 'src/profiling/index.ts')),
    format: ['esm', 'cjs'],
    splitting: true,
  },
  { ...shared, entry: named(Object.values<string>(bin).map(sourceOf)), format: ['esm'], splitting: true },
])

/**
 * Writes the types of the entries and of what they refer to, a file a module: `dist/X.d.ts`, and `dist/X.d.cts` for
 * who requires. tsup's own way takes seven times as long as all the rest of the build.
 */
function writeTypes(): void {
  mkdirSync('.tmp', { recursive: true })
  const emitted = mkdtempSync('.tmp/types-')
  const compiler = ['node_modules/typescript-7/bin/tsc', '-p', '.', '--emitDeclarationOnly', '--outDir', emitted]
  execFileSync(process.execPath, compiler, { stdio: 'inherit' })
  const modules = new Set(entries.map((file) => relative('src', file)))
  // what a module refers to joins the set while it is read
  for (const module of modules) {
    const declared = module.replace(/\.ts$/, '.d.ts')
    const text = readFileSync(join(emitted, declared), 'utf8')
    const specifier = /(?<=(?:from |import\(|import )['"])(\.{1,2}\/[^'"]+)\.ts(?=['"])/g
    for (const [, path] of text.matchAll(specifier)) modules.add(join(dirname(module), `${path}.ts`))
    mkdirSync(dirname(join('dist', declared)), { recursive: true })
    writeFileSync(join('dist', declared), text.replace(specifier, '$1.js'))
    writeFileSync(join('dist', declared.replace(/\.ts$/, '.cts')), text.replace(specifier, '$1.cjs'))
  }
  rmSync(emitted, { recursive: true })
}

function named(files: string[]): Record<string, string> {
  return Object.fromEntries(files.map((file) => [file.replace(/^src\//, '').replace(/\.ts$/, ''), file]))
}
