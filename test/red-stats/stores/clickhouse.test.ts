import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { RedStats } from '../../../src/red-stats/index.ts'
import { clickHouseStore } from '../../../src/red-stats/stores/clickhouse.ts'
import { expectKept } from './kill.ts'
import { startRecorder } from './recorder.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ruddle-chdb-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

describe('clickHouseStore in a folder', () => {
  it('keeps every acknowledged event, none twice, when the process is killed', () => expectKept(folder, 2))

  it('is LOCKED for a second process, and the first is unharmed', async () => {
    const first = startRecorder(folder, 0, 1)
    await first.reached(3)
    await using second = new RedStats({ store: clickHouseStore({ path: folder }) })
    await expect(second.ready()).rejects.toMatchObject({ code: 'LOCKED', message: expect.stringContaining(folder) })
    await first.reached(first.acknowledged.length + 3)
    await first.end('SIGTERM')
    expect((await second.count()).total).toBeGreaterThanOrEqual(first.acknowledged.length)
  })

  it('says that this process has another folder open', async () => {
    const first = clickHouseStore({ path: join(folder, 'first') })
    await first.open()
    await expect(clickHouseStore({ path: join(folder, 'second') }).open()).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      message: expect.stringContaining('this process has another one open'),
    })
    await first.close()
  })

  it('says that the folder cannot be made', async () => {
    await writeFile(join(folder, 'file'), '')
    await expect(clickHouseStore({ path: join(folder, 'file', 'data') }).open()).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      message: expect.stringContaining('cannot be made'),
    })
  })

  it('refuses a worker thread instead of ending the process', async () => {
    const worker = new Worker(new URL('worker-thread.mjs', import.meta.url), { workerData: folder, execArgv: [] })
    const [message] = await once(worker, 'message')
    await worker.terminate()
    expect(message).toMatchObject({ code: 'UNAVAILABLE', message: expect.stringContaining('main thread') })
  })

  it('frees whole partitions of expired events', async () => {
    const store = clickHouseStore({ path: folder })
    await store.open()
    const month = 2_592_000_000
    await store.append([0, 1, 2, 3].map((n) => ({ imageId: `${n}`, timestamp: n * month, clientId: 'c', red: 0 })))
    await store.expire?.(2 * month + 1)
    expect((await store.list({ limit: 9 })).map(({ imageId }) => imageId)).toEqual(['3', '2'])
    await store.close()
  })

  it('is CLOSED before it is opened and after it was closed', async () => {
    const store = clickHouseStore({ path: folder })
    await expect(store.count({})).rejects.toMatchObject({ code: 'CLOSED' })
    await store.open()
    await store.close()
    await expect(store.count({})).rejects.toMatchObject({ code: 'CLOSED' })
  })
})

describe('the options of clickHouseStore', () => {
  it.each<[string, object, RegExp]>([
    ['no place', {}, /Expected either `path`/],
    ['an empty path', { path: '' }, /Expected either `path`/],
    ['two places', { path: 'a', url: 'http://localhost' }, /Expected either `path`/],
    ['a URL of another protocol', { url: 'tcp://localhost:9000' }, /to be an http or https URL/],
    ['a cluster in a folder', { path: 'a', cluster: 'c' }, /Expected `cluster` together with `url`/],
    ['a database that is no name', { path: 'a', database: 'a; DROP' }, /Expected `database` to be a name/],
    ['a cluster that is no name', { url: 'http://localhost', cluster: "x'" }, /Expected `cluster` to be a name/],
    ['no time', { path: 'a', timeoutMs: 0 }, /Expected `timeoutMs` to be above 0, got 0/],
    ['an unknown name', { path: 'a', paht: 'b' }, /Unknown option `paht` of clickHouseStore/],
  ])('may not be %s', (_, options, message) => {
    expect(() => clickHouseStore(options as never)).toThrow(message)
  })
})
