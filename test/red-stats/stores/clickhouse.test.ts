import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { Worker } from 'node:worker_threads'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { RedStats } from '../../../src/red-stats/index.ts'
import { clickHouseStore } from '../../../src/red-stats/stores/clickhouse.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ruddle-chdb-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

/** A process of its own that records into the folder, and the ids it has acknowledged so far. */
function recorder(start: number): {
  child: ChildProcess
  acknowledged: number[]
  reached: (count: number) => Promise<void>
} {
  const script = new URL('record-for-ever.ts', import.meta.url).pathname
  const child = spawn(process.execPath, ['--import', 'tsx', script, folder, String(start)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const acknowledged: number[] = []
  const lines = createInterface({ input: child.stdout! })
  lines.on('line', (line) => acknowledged.push(Number(line.split(' ')[1])))
  return {
    child,
    acknowledged,
    reached: async (count) => {
      while (acknowledged.length < count) await once(lines, 'line')
    },
  }
}

async function end({ child }: { child: ChildProcess }, signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
  const exited = once(child, 'close')
  child.kill(signal)
  await exited
}

describe('clickHouseStore in a folder', () => {
  it('keeps every acknowledged event, none twice, when the process is killed', async () => {
    let next = 0
    const acknowledged: number[] = []
    for (let round = 0; round < 2; round++) {
      const process = recorder(next)
      await process.reached(15)
      await end(process, 'SIGKILL')
      acknowledged.push(...process.acknowledged)
      next = acknowledged.at(-1)! + 1 // the one that was not acknowledged is repeated
    }
    await using stats = new RedStats({ store: clickHouseStore({ path: folder }) })
    const { events } = await stats.list({ limit: 10_000 })
    const found = events.map(({ imageId }) => Number(imageId)).reverse()
    expect(found.slice(0, acknowledged.length)).toEqual(acknowledged)
    expect(found.length - acknowledged.length).toBeLessThanOrEqual(1)
    expect(await stats.count()).toEqual({ total: found.length, above: null })
  })

  it('is LOCKED for a second process, and the first is unharmed', async () => {
    const first = recorder(0)
    await first.reached(3)
    await using second = new RedStats({ store: clickHouseStore({ path: folder }) })
    await expect(second.ready()).rejects.toMatchObject({ code: 'LOCKED', message: expect.stringContaining(folder) })
    await first.reached(first.acknowledged.length + 3)
    await end(first, 'SIGTERM')
    await expect(second.count()).resolves.toMatchObject({ total: expect.any(Number) })
  })

  it('refuses a worker thread instead of ending the process', async () => {
    const worker = new Worker(new URL('worker-thread.mjs', import.meta.url), { workerData: folder, execArgv: [] })
    const [message] = await once(worker, 'message')
    await worker.terminate()
    expect(message).toMatchObject({ code: 'UNAVAILABLE', message: expect.stringContaining('main thread') })
  })

  it('refuses unknown and wrong options', () => {
    expect(() => clickHouseStore({ path: 'x', paht: 'y' } as never)).toThrow(TypeError)
    expect(() => clickHouseStore({ path: '' })).toThrow(TypeError)
  })
})
