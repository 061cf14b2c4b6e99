// Runs the code of the documentation against the built package, in a folder with pictures and beside real servers.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import ts from 'typescript'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { freePort } from '../servers/free-port.ts'
import { natsServer, startNats } from '../servers/nats.ts'
import { postgresServer, startPostgres } from '../servers/postgres.ts'
import { redisServer, startRedis } from '../servers/redis.ts'
import { findCodeBlocks, withAssertions } from './code-blocks.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
const generated = join(root, '.tmp/docs')
const blocks = findCodeBlocks(root).map((block, index) => ({ ...block, file: join(generated, `block-${index}.ts`) }))

/** Servers that blocks name by their usual address; a private one stands in for each. */
const programs = [
  { address: 'redis://localhost:6379', program: redisServer, start: () => startRedis() },
  { address: 'nats://localhost:4222', program: natsServer, start: () => startNats() },
  { address: 'postgres://localhost:5432/alerts', program: postgresServer, start: () => startPostgres() },
]
const started: { address: string; url: string; close(): Promise<void> }[] = []

let workFolder: string
let server: ChildProcess
const ports = { stats: 0, red: 0 }

beforeAll(async () => {
  rmSync(generated, { recursive: true, force: true })
  mkdirSync(generated, { recursive: true })
  for (const { file, code } of blocks) writeFileSync(file, `${code}\nexport {}\n`)
  workFolder = mkdtempSync(join(tmpdir(), 'ruddle-docs-'))
  cpSync(join(root, 'examples/images'), join(workFolder, 'photos'), {
    recursive: true,
    filter: (path) => !/\.ts$|scenes/.test(path),
  })
  Object.assign(ports, { stats: await freePort(), red: await freePort() })
  server = spawn(
    process.execPath,
    ['--import', 'tsx', join(root, 'examples/server/main.ts'), '--no-demo']
      .concat(['--port', String(ports.stats), '--red-port', String(ports.red)])
      .concat(['--data', join(workFolder, 'server-data')]),
    { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] },
  )
  await new Promise<void>((resolve, reject) => {
    server.stdout!.on('data', (text) => String(text).includes('Serving') && resolve())
    server.once('exit', (code) => reject(new Error(`The server ended with ${code}`)))
  })
  for (const { address, program, start } of programs) {
    if (program !== undefined) started.push({ address, ...(await start()) })
  }
  process.chdir(workFolder)
})

afterAll(async () => {
  process.chdir(root)
  for (const { close } of started) await close()
  server.removeAllListeners('exit')
  const ended = new Promise((resolve) => server.once('exit', resolve))
  server.kill('SIGTERM')
  await ended
  rmSync(workFolder, { recursive: true, force: true })
})

it('the documentation has code', () => {
  expect(blocks.length).toBeGreaterThan(10)
})

it('every block passes the type check', () => {
  const config = {
    extends: join(root, 'tsconfig.json'),
    compilerOptions: {
      lib: ['ES2023', 'ESNext.Disposable', 'ESNext.Decorators', 'DOM'],
      rootDir: root,
      noEmit: true,
      declaration: false,
      isolatedDeclarations: false,
      noUnusedLocals: false,
      noUnusedParameters: false,
    },
    include: [join(generated, '*.ts')],
  }
  writeFileSync(join(generated, 'tsconfig.json'), JSON.stringify(config))
  const compiler = join(root, 'node_modules/typescript-7/bin/tsc')
  const { stdout, status } = spawnSync(process.execPath, [compiler, '-p', generated, '--pretty', 'false'], {
    cwd: generated,
    encoding: 'utf8',
  })
  const problems = stdout.replace(/block-(\d+)\.ts/g, (_, index) => blocks[index]!.place)
  expect({ problems, status }).toEqual({ problems: '', status: 0 })
}, 60_000)

describe('runs', () => {
  it.for(blocks.map(({ place, ...block }) => [place, block] as const))('%s', async ([, { code, file }], { skip }) => {
    const missing = programs.find(({ address, program }) => program === undefined && code.includes(address))
    if (missing !== undefined) return skip(`nothing to stand in for ${missing.address}`)
    let shown = withAssertions(code)
      .replaceAll('localhost:4000', `127.0.0.1:${ports.stats}`)
      .replaceAll('localhost:4001', `127.0.0.1:${ports.red}`)
    for (const { address, url } of started) shown = shown.replaceAll(address, url)
    const { outputText } = ts.transpileModule(shown, {
      compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext },
    })
    const runnable = file.replace(/\.ts$/, '.mjs')
    writeFileSync(runnable, outputText)
    await expect(import(pathToFileURL(runnable).href)).resolves.toBeDefined()
  })
})
