// Installs the packed package in an empty folder, without any optional peer, and uses every entry.
import { execFile } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const run = promisify(execFile)
const root = fileURLToPath(new URL('../', import.meta.url))
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  exports: Record<string, unknown>
  peerDependencies: Record<string, string>
  version: string
}
const entries = Object.keys(manifest.exports)
  .filter((path) => path !== './package.json')
  .map((path) => path.replace('.', 'ruddle'))

let folder: string
let packed: string[]

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ruddle-pack-'))
  const { stdout } = await run('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder], {
    cwd: root,
  })
  const [{ filename, files }] = JSON.parse(stdout) as [{ filename: string; files: { path: string }[] }]
  packed = files.map(({ path }) => path)
  writeFileSync(join(folder, 'package.json'), '{ "private": true }')
  await run('npm', ['install', '--no-audit', '--no-fund', '--omit=peer', '--prefer-offline', `./${filename}`], {
    cwd: folder,
  })
}, 120_000)

afterAll(() => rmSync(folder, { recursive: true, force: true }))

async function node(...args: string[]): Promise<string> {
  const { stdout } = await run(process.execPath, args, { cwd: folder })
  return stdout.trim()
}

/** The code of the error that an expression of an entry rejects with, and what it says. */
async function rejection(entry: string, names: string, expression: string): Promise<{ code: string; message: string }> {
  const code = `import { ${names} } from '${entry}'
    await ${expression}.then(() => console.log('{}'), ({ code, message }) => console.log(JSON.stringify({ code, message })))`
  return JSON.parse(await node('--input-type=module', '-e', code))
}

describe('the packed package', () => {
  it('holds the built files, and no sources, tests or examples', () => {
    expect(packed).toEqual(expect.arrayContaining(['package.json', 'README.md', 'LICENSE', 'dist/index.js']))
    expect(packed.filter((path) => /^(src|test|examples|docs)\//.test(path))).toEqual([])
  })

  it('installs none of the optional peers', () => {
    const peers = Object.keys(manifest.peerDependencies)
    expect(peers.length).toBeGreaterThan(3)
    expect(peers.filter((peer) => existsSync(join(folder, 'node_modules', peer)))).toEqual([])
  })

  it('has every entry, to be imported and required', async () => {
    const namesOf = `Object.keys(entry).sort().join()`
    const imported = await node(
      '--input-type=module',
      '-e',
      `for (const name of ${JSON.stringify(entries)}) { const entry = await import(name); console.log(name, ${namesOf}) }`,
    )
    const required = await node(
      '-e',
      `for (const name of ${JSON.stringify(entries)}) { const entry = require(name); console.log(name, ${namesOf}) }`,
    )
    expect(required).toBe(imported)
    expect(imported.split('\n').map((line) => line.replace(/ \w.*/, ''))).toEqual(entries)
  })

  it('has the command', async () => {
    expect(await node('node_modules/.bin/ruddle', '--version')).toBe(manifest.version)
  })

  it('says what to install where an optional package is missing', async () => {
    const sharp = await rejection('ruddle/red-ratio/image', 'redRatioOf', "redRatioOf('package.json')")
    expect(sharp).toEqual({ code: 'MISSING_PEER', message: expect.stringContaining('npm i sharp') })
    const chdb = await rejection(
      'ruddle/red-stats/clickhouse',
      'clickHouseStore',
      "clickHouseStore({ path: 'data' }).open()",
    )
    expect(chdb).toEqual({ code: 'MISSING_PEER', message: expect.stringContaining('npm i chdb @clickhouse/client') })
    const ws = await rejection(
      'ruddle/red-stats/websocket',
      'webSocketTransport',
      'webSocketTransport({}, { server: {} })',
    )
    expect(ws).toEqual({ code: 'MISSING_PEER', message: expect.stringContaining('npm i ws') })
  })
})
