// Writes the table of sizes in README.md: what each entry of the built package adds to a bundle, with the dependencies
// it uses and without optional peers. With --check it writes nothing, and fails where the table is out of date.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { brotliCompressSync } from 'node:zlib'
import { build } from 'esbuild'

interface Size {
  readonly entry: string
  readonly minified: number
  readonly brotli: number
}
interface Manifest {
  readonly exports: Record<string, string | { readonly import: { readonly default: string } }>
  readonly peerDependencies: Record<string, string>
}

/** The share of a size by which the table may differ: bytes come and go with every change, and with versions of Node. */
const tolerance = 0.02
const forBrowsers: readonly string[] = ['./json-compare', './red-ratio', './red-stats/client']

const root = fileURLToPath(new URL('../', import.meta.url))
const readme = join(root, 'README.md')
const section = /(?<=<!-- sizes -->\n)[\s\S]*(?=<!-- \/sizes -->)/
const { exports, peerDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Manifest
const peers = Object.keys(peerDependencies)

const sizes: Size[] = []
for (const [entry, conditions] of Object.entries(exports)) {
  if (typeof conditions !== 'string') sizes.push(await measure(entry, conditions.import.default))
}

const text = readFileSync(readme, 'utf8')
const shown = section.exec(text)?.[0]
if (shown === undefined) throw new Error('Expected README.md to have the marks <!-- sizes --> and <!-- /sizes -->')
if (process.argv.includes('--check')) {
  const problems = differences(readTable(shown), sizes)
  for (const problem of problems) console.error(problem)
  if (problems.length > 0) {
    console.error('The sizes in README.md are out of date: npm run sizes')
    process.exitCode = 1
  } else console.log(`${sizes.length} sizes are as in README.md`)
} else {
  writeFileSync(readme, text.replace(section, writeTable(sizes)))
  console.log(`${sizes.length} sizes written`)
}

async function measure(entry: string, file: string): Promise<Size> {
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: [file],
    bundle: true,
    minify: true,
    write: false,
    logLevel: 'error',
    format: 'esm',
    target: 'es2022',
    platform: forBrowsers.includes(entry) ? 'browser' : 'node',
    external: peers.flatMap((peer) => [peer, `${peer}/*`]),
  })
  const code = outputFiles[0]!.contents
  return { entry: entry.replace('.', 'ruddle'), minified: code.length, brotli: brotliCompressSync(code).length }
}

function writeTable(measured: readonly Size[]): string {
  const kilobytes = (bytes: number) => (bytes / 1000).toFixed(2)
  const rows = measured.map(
    ({ entry, minified, brotli }) => `| \`${entry}\` | ${kilobytes(minified)} kB | ${kilobytes(brotli)} kB |\n`,
  )
  return `| entry | minified | and compressed by Brotli |\n| --- | ---: | ---: |\n${rows.join('')}`
}

function readTable(table: string): Size[] {
  const rows = table.matchAll(/^\| `(.+)` \| ([\d.]+) kB \| ([\d.]+) kB \|$/gm)
  return Array.from(rows, ([, entry, minified, brotli]) => ({
    entry: entry!,
    minified: Math.round(Number(minified) * 1000),
    brotli: Math.round(Number(brotli) * 1000),
  }))
}

/** What is wrong with the table: an entry that is missing, one that is no more, a size that has changed. */
function differences(table: readonly Size[], measured: readonly Size[]): string[] {
  const gone = table.filter(({ entry }) => !measured.some((size) => size.entry === entry))
  const wrong = measured.flatMap(({ entry, ...size }) => {
    const row = table.find((candidate) => candidate.entry === entry)
    if (row === undefined) return `${entry}: not in the table`
    return (['minified', 'brotli'] as const)
      .filter((kind) => Math.abs(row[kind] - size[kind]) > tolerance * size[kind])
      .map((kind) => `${entry}: ${kind} is ${size[kind]} bytes, the table says ${row[kind]}`)
  })
  return [...gone.map(({ entry }) => `${entry}: in the table, but no entry`), ...wrong]
}
