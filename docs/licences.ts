// Writes docs/licences.md: the licence of every package that an installation of ruddle brings, and of its optional peers.
// Fails on a licence that nobody has looked at. With --check it writes nothing, and fails where the page is out of date.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

interface Locked {
  readonly version: string
  readonly license?: string
  readonly dependencies?: Record<string, string>
  readonly optionalDependencies?: Record<string, string>
}
interface Package {
  readonly name: string
  readonly version: string
  readonly licence: string
}

/** Licences that ask for little more than that their text stays with the code. */
const permissive: readonly string[] = ['0BSD', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', 'ISC', 'MIT', 'Unlicense']

/** What optional peers bring under other licences, looked at: libvips, the image library that sharp loads. */
const known: readonly { readonly name: RegExp; readonly licence: string }[] = [
  { name: /^@img\/sharp-/, licence: 'LGPL-3.0-or-later' },
]

const root = fileURLToPath(new URL('../', import.meta.url))
const page = join(root, 'docs/licences.md')
const { packages } = readJson<{ packages: Record<string, Locked> }>('package-lock.json')
const { dependencies, peerDependencies } = readJson<{
  dependencies: Record<string, string>
  peerDependencies: Record<string, string>
}>('package.json')

const installed = packagesOf(Object.keys(dependencies))
const peers = Object.keys(peerDependencies).map((peer) => {
  const brought = packagesOf([peer])
  return { ...brought.find(({ name }) => name === peer)!, brought: brought.filter(({ name }) => name !== peer) }
})

const refused = [
  ...installed.filter(({ licence }) => !isPermissive(licence)),
  ...peers
    .flatMap(({ brought, ...peer }) => [peer, ...brought])
    .filter((found) => !isPermissive(found.licence) && !isKnown(found)),
]
for (const { name, version, licence } of refused) console.error(`${name} ${version} has the licence ${licence}`)
if (refused.length > 0) process.exitCode = 1
else if (!process.argv.includes('--check')) {
  writeFileSync(page, writePage())
  console.log(`${installed.length} packages and ${peers.length} optional ones written`)
} else if (readFileSync(page, 'utf8') !== writePage()) {
  console.error('docs/licences.md is out of date: npm run licences')
  process.exitCode = 1
} else console.log(`${installed.length} packages and ${peers.length} optional ones are as in docs/licences.md`)

function readJson<T>(file: string): T {
  return JSON.parse(readFileSync(join(root, file), 'utf8')) as T
}

/** Packages of these names and all that they depend on, for every platform, by name. */
function packagesOf(names: readonly string[]): Package[] {
  const found = new Map<string, Package>()
  const waiting = names.map((name) => ({ from: '', name }))
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const place = placeOf(next.from, next.name)
    if (found.has(place)) continue
    const { version, dependencies, optionalDependencies } = packages[place]!
    found.set(place, { name: place.replace(/^.*node_modules\//, ''), version, licence: licenceOf(place) })
    for (const name of Object.keys({ ...dependencies, ...optionalDependencies })) waiting.push({ from: place, name })
  }
  return [...found.values()].sort((a, b) => (a.name < b.name ? -1 : 1))
}

/** Where Node finds a package: in the folder of the one that needs it, or in one further up. */
function placeOf(from: string, name: string): string {
  for (let folder = from; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('/node_modules/')))) {
    const place = folder === '' ? `node_modules/${name}` : `${folder}/node_modules/${name}`
    if (packages[place] !== undefined) return place
    if (folder === '') throw new Error(`Expected ${name}, which ${from || 'ruddle'} needs, in package-lock.json`)
  }
}

/** What the package itself says; of one for another platform, what the lock says, or else its sibling that is here. */
function licenceOf(place: string): string {
  try {
    return readJson<{ license?: string }>(`${place}/package.json`).license ?? 'none'
  } catch {}
  const { license, version } = packages[place]!
  if (license !== undefined) return license
  const family = place.replace(/(?<=\/lib-).*/, '')
  const siblings = Object.keys(packages).filter(
    (other) => other.startsWith(family) && packages[other]?.version === version,
  )
  return siblings.map((other) => packages[other]?.license).find((other) => other !== undefined) ?? 'unknown'
}

function isPermissive(licence: string): boolean {
  return permissive.includes(licence)
}

/** Every licence of an `AND` must be permissive, or be known of this package. */
function isKnown({ name, licence }: Package): boolean {
  return licence
    .split(' AND ')
    .every((one) => isPermissive(one) || known.some((entry) => entry.name.test(name) && entry.licence === one))
}

function writePage(): string {
  return `# Licences

You want to know what you agree to when you install ruddle, which itself is under the MIT licence. Written by
\`npm run licences\` from \`package-lock.json\` and what the packages say of themselves. The versions are
those that ruddle is tested with; an installation may bring newer ones. A library that a package has compiled in may have
a licence of its own: look into the package.

## What an installation brings

${writeCount(installed)}

| package | version | licence |
| --- | --- | --- |
${installed.map(({ name, version, licence }) => `| ${name} | ${version} | ${licence} |\n`).join('')}
## Optional packages

None of these comes with ruddle; who needs one installs it. The last column has the licences of what it brings in turn,
on any platform; where the lock file names none (chDB's libraries for other platforms), it is that of the same library for
this platform.

| package | version | licence | brings |
| --- | --- | --- | --- |
${peers.map(({ brought, name, version, licence }) => `| ${name} | ${version} | ${licence} | ${writeCount(brought)} |\n`).join('')}`
}

/** Such as `7 packages: 5 MIT, 2 ISC`. */
function writeCount(list: readonly Package[]): string {
  const counts = new Map<string, number>()
  for (const { licence } of list) counts.set(licence, (counts.get(licence) ?? 0) + 1)
  if (counts.size === 0) return ''
  const byNumber = [...counts].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1))
  return `${list.length} packages: ${byNumber.map(([licence, count]) => `${count} ${licence}`).join(', ')}`
}
