// What a user of the published package does: installs the packed file in a project of their own.
import { execFile } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root: string = fileURLToPath(new URL('../../', import.meta.url))

export interface Packed {
  /** Name of the file that `npm pack` made. */
  readonly filename: string
  /** Bytes of that file, and of all that is in it. */
  readonly size: number
  readonly unpackedSize: number
  readonly files: readonly { readonly path: string; readonly size: number }[]
}

export interface Rehearsal extends Disposable {
  readonly packed: Packed
  /** Where the package lies after its installation. */
  readonly installed: string
  /** A folder of its own with the installed package, optional peers from this repository, and these files. */
  project(name: string, files: Record<string, string>, peers?: readonly string[]): string
}

/** Packs what is built, and installs it once without any optional peer; projects get copies of that installation. */
export async function rehearse(): Promise<Rehearsal> {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'ruddle-release-')))
  try {
    const { stdout } = await run('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder], root)
    const [packed] = JSON.parse(stdout) as [Packed]
    const first = join(folder, 'installed')
    write(first, { 'package.json': '{ "private": true }' })
    const quietly = ['--prefer-offline', '--no-audit', '--no-fund', '--omit=peer']
    await run('npm', ['install', ...quietly, `../${packed.filename}`], first)
    return {
      packed,
      installed: join(first, 'node_modules/ruddle'),
      project(name, files, peers = []) {
        const project = join(folder, name)
        write(project, files)
        cpSync(join(first, 'node_modules'), join(project, 'node_modules'), { recursive: true, verbatimSymlinks: true })
        for (const peer of peers) link(project, peer)
        return project
      },
      [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
    }
  } catch (error) {
    rmSync(folder, { recursive: true, force: true })
    throw error
  }
}

export interface Output {
  readonly stdout: string
  readonly stderr: string
}

/** What a program writes; an error with all of it unless the program ends with status 0. */
export function run(program: string, args: readonly string[], cwd: string): Promise<Output> {
  const env = { ...process.env, NODE_ENV: undefined, VITEST: undefined } // of these tests, not of a user
  return new Promise((resolve, reject) => {
    execFile(program, args, { cwd, env, maxBuffer: 10_000_000 }, (error, stdout, stderr) => {
      if (error === null) resolve({ stdout, stderr })
      else reject(new Error(`${program} ${args.join(' ')}\n${stdout}\n${stderr}`, { cause: error }))
    })
  })
}

/** Runs the compiler of this repository on a project with a tsconfig.json. */
export function compile(project: string): Promise<Output> {
  return runBin('typescript/bin/tsc', ['-p', '.'], project)
}

/** Runs a program of the packages of this repository. */
export function runBin(bin: string, args: readonly string[], cwd: string): Promise<Output> {
  return run(process.execPath, [join(root, 'node_modules', bin), ...args], cwd)
}

function write(folder: string, files: Record<string, string>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), text)
  }
}

function link(project: string, name: string): void {
  const place = join(project, 'node_modules', name)
  mkdirSync(dirname(place), { recursive: true })
  symlinkSync(join(root, 'node_modules', name), place)
}
