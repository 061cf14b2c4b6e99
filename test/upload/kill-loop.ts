import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { expect } from 'vitest'
import { jpeg, testFolder } from './folder.ts'

const here = new URL('./', import.meta.url).pathname
const node = (...args: string[]): ChildProcess =>
  spawn(process.execPath, ['--import', 'tsx', ...args], { stdio: ['ignore', 'pipe', 'inherit'] })

async function firstLine(child: ChildProcess): Promise<string> {
  const [line] = (await once(createInterface({ input: child.stdout! }), 'line')) as [string]
  return line
}

/**
 * Uploads a folder with a journal in a process that is killed (SIGKILL) at random moments, so many times, and then lets
 * it end: the server must have every file, and with its idempotency keys each exactly once.
 *
 * @param random from 0 to 1, for the moments
 */
export async function killLoop(
  files: number,
  kills: number,
  random: () => number,
): Promise<{ killed: number; deliveries: number }> {
  using folder = testFolder(
    Object.fromEntries(Array.from({ length: files }, (_, i) => [`${i}.jpg`, jpeg(2000 + i, i + 1)])),
  )
  using elsewhere = testFolder()
  const journal = join(elsewhere.path, 'journal')
  const server = node(join(here, 'ledger.ts'))
  try {
    const url = `http://127.0.0.1:${await firstLine(server)}`
    const run = (): ChildProcess => node(join(here, 'one-upload.ts'), folder.path, url, journal)
    let killed = 0
    for (let round = 0; round < kills; round++) {
      const upload = run()
      const exited = once(upload, 'exit')
      // counts from the first file that is sent, or a kill would only meet the start of Node
      const started = await Promise.race([firstLine(upload), exited.then(() => 'ended')])
      if (started === 'ended') break
      // the last of it is over in about 0.3 ms a file
      await Promise.race([exited, new Promise((resolve) => setTimeout(resolve, random() * random() * 100))])
      if (upload.kill('SIGKILL')) killed++
      await exited
    }
    const last = run()
    const [code] = (await once(last, 'exit')) as [number]
    expect(code).toBe(0)
    expect(existsSync(`${journal}.lock`)).toBe(false)
    const { names, deliveries } = (await (await fetch(`${url}/ledger`)).json()) as {
      names: string[]
      deliveries: number
    }
    expect(names.length, 'with its keys the server has each file once').toBe(files)
    expect(new Set(names).size).toBe(files)
    return { killed, deliveries }
  } finally {
    server.kill()
  }
}
