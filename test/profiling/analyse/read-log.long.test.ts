import { execFileSync } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { logOf } from './lines.ts'

test('1 GB of logs is read with a heap of less than 150 MB', () => {
  const folder = mkdtempSync(join(tmpdir(), 'ruddle-gigabyte-'))
  try {
    const file = openSync(join(folder, 'large.log'), 'w')
    const noise = Buffer.from(
      `${JSON.stringify({ level: 30, msg: 'request', url: '/performance', took: 5 })}\n`.repeat(15_000),
    )
    const log = logOf(({ timeit, pass, flush }) => {
      const functions = Array.from({ length: 50 }, (_, i) => timeit(`work ${i}`, (ms: number) => pass(ms)))
      for (let round = 0; round < 20; round++) {
        for (const fn of functions) for (let ms = 0; ms < 100; ms++) fn(ms)
        flush()
      }
    })
    let bytes = 0
    for (let i = 0; bytes < 1e9; i++) {
      // as from another process each time
      const id = i.toString(16).padStart(16, '0')
      bytes += writeSync(file, noise) + writeSync(file, log.replaceAll(/"id":"\w{16}"/g, `"id":"${id}"`))
    }
    closeSync(file)
    const script = `
      import { analyse } from './src/profiling/analyse/index.ts'
      const { functions, log } = await analyse([${JSON.stringify(folder)}])
      console.log(functions.length, functions[0].calls, log.processes)`
    const output = execFileSync(
      'node',
      ['--max-old-space-size=150', '--import', 'tsx', '--input-type=module', '-e', script],
      { encoding: 'utf8' },
    )
    const [functions, calls, processes] = output.split(' ').map(Number)
    expect([functions, calls]).toEqual([50, processes! * 20 * 100])
    expect(processes).toBeGreaterThan(100)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})
