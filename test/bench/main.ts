// npm run bench -- NAME [flags]: runs test/bench/NAME.ts and writes what it returns into docs/benchmarks.md.
import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { arch, cpus, totalmem } from 'node:os'

const here = new URL('./', import.meta.url)
const page = new URL('../../docs/benchmarks.md', here)
const names = readdirSync(here)
  .filter((file) => file.endsWith('.ts') && !['main.ts', 'measure.ts', 'peers.d.ts'].includes(file))
  .map((file) => file.replace('.ts', ''))

const [name, ...flags] = process.argv.slice(2)
if (name === undefined || !names.includes(name)) {
  console.error(`Usage: npm run bench -- ${names.join('|')} [flags]`)
  process.exit(2)
}

// The peers that only benchmarks compare against are installed once, outside the package's own dependencies.
if (!existsSync(new URL('node_modules', here))) {
  console.error('Installing the packages compared against …')
  execFileSync('npm', ['install', '--no-package-lock', '--no-audit', '--no-fund'], { cwd: here, stdio: 'inherit' })
}

const { default: bench } = (await import(`./${name}.ts`)) as { default: (flags: string[]) => Promise<string> }
const section = (await bench(flags)).trim()
const machine = `${cpus().length} × ${cpus()[0]?.model.trim()}, ${Math.round(totalmem() / 2 ** 30)} GiB, ${arch}, Node ${process.version}`
const command = ['npm run bench --', name, ...flags].join(' ')
const id = [name, ...flags].join(' ')
const text = `<!-- ${id} -->\n## ${id}\n\n\`${command}\`, ${new Date().toISOString().slice(0, 10)}, ${machine}\n\n${section}\n<!-- end ${id} -->`
const before = existsSync(page) ? readFileSync(page, 'utf8') : ''
const start = before.indexOf(`<!-- ${id} -->`)
const end = before.indexOf(`<!-- end ${id} -->`)
writeFileSync(
  page,
  start < 0
    ? `${before.trimEnd()}\n\n${text}\n`
    : before.slice(0, start) + text + before.slice(end + `<!-- end ${id} -->`.length),
)
console.log(section)
process.exit(0)
