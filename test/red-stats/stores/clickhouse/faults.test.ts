import { rm } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type IndexableStore, indexed, RedStats, type RedStatsStore } from '../../../../src/red-stats/index.ts'
import { clickHouseStore } from '../../../../src/red-stats/stores/clickhouse.ts'
import { type ClickHouseHttp, type Fault, startClickHouseHttp } from '../../../servers/clickhouse-http.ts'
import { memoryFolder } from '../../../servers/memory-folder.ts'

let path: string
let server: ClickHouseHttp
beforeAll(async () => {
  path = await memoryFolder('ruddle-faults-')
  server = await startClickHouseHttp(path)
})
afterAll(async () => {
  await server.close()
  await rm(path, { recursive: true, force: true })
})

const image = (n: number) => ({ imageId: String(n), timestamp: n, clientId: 'c', red: 0.5 })
const intoEvents = /insert into \w+\.red_events/i
let databases = 0

/** A store in a database of its own, with ten events. */
async function withTen(wrap: (store: IndexableStore) => RedStatsStore = (store) => store): Promise<RedStatsStore> {
  const store = wrap(clickHouseStore({ url: server.url, database: `faults_${++databases}`, timeoutMs: 600 }))
  await store.open()
  await store.append(Array.from({ length: 10 }, (_, n) => image(n)))
  return store
}

/** What each fault of an insert means to the caller, and what a repeat of the call finds. */
const insertFaults: [Fault, { code: string; outcome: string }, string][] = [
  ['dropped before commit', { code: 'UNAVAILABLE', outcome: 'unknown' }, 'stored'],
  ['dropped after commit', { code: 'UNAVAILABLE', outcome: 'unknown' }, 'duplicate'],
  ['error before commit', { code: 'UNAVAILABLE', outcome: 'unknown' }, 'stored'],
  ['too many parts', { code: 'UNAVAILABLE', outcome: 'unknown' }, 'stored'],
  ['stalled', { code: 'TIMEOUT', outcome: 'unknown' }, 'stored'],
]

describe.each<[string, (store: IndexableStore) => RedStatsStore, typeof insertFaults]>([
  ['a server', (store) => store, insertFaults],
  ['a server, indexed', indexed, insertFaults.filter(([fault]) => /after commit|stalled/.test(fault))],
])('clickHouseStore on %s', (_, wrap, insertFaults) => {
  it.each(insertFaults)(
    'counts an event once whose insert was %s',
    { timeout: 10_000 },
    async (fault, error, again) => {
      const store = await withTen(wrap)
      server.fail(intoEvents, fault)
      await expect(store.append([image(10)])).rejects.toMatchObject({
        name: 'RedStatsError',
        retryable: true,
        ...error,
      })
      const repeated = await store.append([image(10), image(11)])
      // behind an index, what may have been stored is stored for certain before anything else is
      expect(repeated.map(({ status }) => status)).toEqual([wrap === indexed ? 'duplicate' : again, 'stored'])
      expect(await store.count({ red: 0.4 })).toEqual({ total: 12, above: 12 })
      expect(await store.list({ limit: 20 })).toHaveLength(12)
      await store.close()
    },
  )

  it('counts an event once whose insert came through after the caller had given up', async () => {
    const store = await withTen(wrap)
    server.fail(intoEvents, 'stalled, then committed')
    await expect(store.append([image(10)])).rejects.toMatchObject({ code: 'TIMEOUT' })
    await store.append([image(10)])
    await server.idle()
    expect(await store.count({})).toEqual({ total: 11, above: null })
    expect(await store.list({ limit: 20 })).toHaveLength(11)
    const rows = await fetch(`${server.url}/?query=SELECT+count()+FROM+faults_${databases}.red_events`)
    expect((await rows.text()).trim()).toBe('11') // the server knows the insert again by its token
    await store.close()
  })

  it('is UNAVAILABLE while the server is down, and goes on when it is back', async () => {
    const store = await withTen(wrap)
    await server.pause()
    await expect(store.append([image(10)])).rejects.toMatchObject({ code: 'UNAVAILABLE', outcome: 'none' })
    await expect(store.ping?.()).rejects.toMatchObject({ code: 'UNAVAILABLE' })
    await expect(store.list({ limit: 1 })).rejects.toMatchObject({ code: 'UNAVAILABLE' })
    await server.resume()
    expect(await store.ping?.()).toBeUndefined()
    expect(await store.append([image(10)])).toEqual([{ status: 'stored' }])
    expect(await store.count({})).toEqual({ total: 11, above: null })
    await store.close()
  })
})

describe('the answers of a server', () => {
  it.each<Fault>(['exception inside a 200', 'cut off', 'dropped after commit', 'error before commit'])(
    'rejects a list whose answer is %s, and answers the next',
    async (fault) => {
      const store = await withTen()
      server.fail(/order by ts desc/i, fault)
      await expect(store.list({ limit: 20 })).rejects.toMatchObject({ code: 'UNAVAILABLE', outcome: 'none' })
      expect(await store.list({ limit: 20 })).toHaveLength(10)
      await store.close()
    },
  )

  it('takes no more than its time for a question', async () => {
    const store = await withTen()
    server.fail(/order by ts desc/i, 'stalled')
    await expect(store.list({ limit: 20 })).rejects.toMatchObject({ code: 'TIMEOUT', retryable: true })
    await store.close()
  })
})

describe('indexed', () => {
  it.each<Fault>(['exception inside a 200', 'cut off', 'error before commit', 'dropped before commit'])(
    'lets the store answer, and reads again, when what it reads is %s',
    async (fault) => {
      await (await withTen()).close()
      const store = indexed(clickHouseStore({ url: server.url, database: `faults_${databases}` }))
      server.fail(/format rowbinary/i, fault)
      await store.open()
      expect(await store.count({ red: 0.4 })).toEqual({ total: 10, above: 10 })
      await store.loaded().catch(() => {})
      await store.loaded()
      const before = server.requests.length
      expect(await store.count({ red: 0.4 })).toEqual({ total: 10, above: 10 })
      expect(server.requests.length).toBe(before)
      await store.close()
    },
  )

  it('looks for repeats only where there may be one', async () => {
    await (await withTen()).close()
    const store = indexed(clickHouseStore({ url: server.url, database: `faults_${databases}` }))
    await store.open()
    await store.loaded()
    const before = server.requests.length
    await store.append([image(10), image(11)])
    expect(server.requests.slice(before).filter((sql) => /select/i.test(sql))).toEqual([])
    expect(await store.append([image(3)])).toMatchObject([{ status: 'duplicate' }])
    expect(server.requests.at(-1)).toMatch(/image_id IN/)
    await store.close()
  })
})

describe('RedStats on a server', () => {
  it('keeps its queue within bounds while the server stalls, and goes on after it', async () => {
    const store = clickHouseStore({ url: server.url, database: `faults_${++databases}`, timeoutMs: 600 })
    await using stats = new RedStats({ store, maxQueuedBytes: 2000, whenFull: 'reject' })
    await stats.ready()
    server.fail(intoEvents, 'stalled')
    const results = await Promise.allSettled(Array.from({ length: 200 }, (_, n) => stats.record(image(n))))
    const codes = results.map((result) => (result.status === 'rejected' ? result.reason.code : 'stored'))
    expect(new Set(codes)).toEqual(new Set(['TIMEOUT', 'BUSY']))
    expect(codes.filter((code) => code === 'TIMEOUT').length).toBeLessThan(25)
    for (let n = 0; n < 10; n++) expect(await stats.record(image(n))).toEqual({ status: 'stored' })
    expect((await stats.count()).total).toBe(10)
  })

  it('can be opened once the server is there', async () => {
    await server.pause()
    const store = clickHouseStore({ url: server.url, database: `faults_${++databases}` })
    await using stats = new RedStats({ store })
    await expect(stats.record(image(1))).rejects.toMatchObject({ code: 'UNAVAILABLE', outcome: 'none' })
    await server.resume()
    expect(await stats.record(image(1))).toEqual({ status: 'stored' })
  })

  it('makes its tables again on a server that came back empty', async () => {
    const store = await withTen()
    const drop = new URL(server.url)
    drop.searchParams.set('query', `DROP DATABASE faults_${databases}`)
    expect((await fetch(drop, { method: 'POST' })).status).toBe(200)
    await expect(store.count({})).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      message: expect.stringContaining('tables are gone'),
    })
    expect(await store.append([image(1)])).toEqual([{ status: 'stored' }])
    expect(await store.count({})).toEqual({ total: 1, above: null })
    await store.close()
  })

  it('refuses tables that a newer version has changed', async () => {
    await (await withTen()).close()
    const insert = new URL(server.url)
    insert.searchParams.set('query', `INSERT INTO faults_${databases}.red_migrations VALUES (99, 0)`)
    expect((await fetch(insert, { method: 'POST' })).status).toBe(200)
    const store = clickHouseStore({ url: server.url, database: `faults_${databases}` })
    await expect(store.open()).rejects.toMatchObject({
      code: 'CORRUPT',
      message: expect.stringContaining('version 99'),
    })
  })
})
