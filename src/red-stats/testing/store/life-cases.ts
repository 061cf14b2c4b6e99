import { deepStrictEqual, strictEqual } from 'node:assert/strict'
import { event, events, type StoreCase, statuses, unlessDurable } from './case.ts'

const day = 24 * 3600 * 1000

export const lifeCases: readonly StoreCase[] = [
  {
    name: 'answers a ping',
    run: async ({ store }) => {
      strictEqual(await store.ping?.(), undefined)
    },
  },
  {
    name: 'can be opened twice',
    run: async ({ store }) => {
      await store.append([event()])
      await store.open()
      strictEqual((await store.count({})).total, 1)
    },
  },
  {
    name: 'can be closed twice',
    run: async ({ store }) => {
      await store.append([event()])
      await store.close()
      strictEqual(await store.close(), undefined)
    },
  },
  {
    name: 'has its events after it is opened again',
    skip: unlessDurable,
    run: async ({ store, reopen }) => {
      const all = events(100, (n) => ({ timestamp: n, red: n / 100 }))
      await store.append(all)
      const again = await reopen()
      deepStrictEqual(await again.count({ red: 0.5 }), { total: 100, above: 49 })
      deepStrictEqual(await again.list({ limit: 200 }), all.toReversed())
    },
  },
  {
    name: 'tells repeats and conflicts after it is opened again',
    skip: unlessDurable,
    run: async ({ store, clock, reopen }) => {
      clock.now = 7000
      await store.append(events(5, () => ({})))
      clock.now = 8000
      const again = await reopen()
      deepStrictEqual(await again.append([event({ imageId: '3' }), event({ imageId: '4', red: 0.6 })]), [
        { status: 'duplicate', storedAt: 7000 },
        { status: 'conflict' },
      ])
      deepStrictEqual(await statuses(again.append([event({ imageId: '5' })])), ['stored'])
      strictEqual((await again.count({})).total, 6)
    },
  },
  {
    name: 'finishes what was begun before it is closed',
    skip: unlessDurable,
    run: async ({ store, reopen }) => {
      const begun = store.append(events(1000, (n) => ({ timestamp: n })))
      const again = await reopen()
      strictEqual((await begun).length, 1000)
      strictEqual((await again.count({})).total, 1000)
    },
  },
  {
    name: 'stores and counts while it is still reading after it was opened again',
    skip: unlessDurable,
    run: async ({ store, reopen }) => {
      await store.append(events(500, (n) => ({ timestamp: n })))
      const again = await reopen()
      const appended = again.append(events(600, (n) => ({ timestamp: n })))
      const during = await again.count({})
      strictEqual(during.total === 500 || during.total === 600, true)
      await appended
      strictEqual((await again.count({})).total, 600)
    },
  },
  {
    name: 'keeps what is not expired',
    run: async ({ store }) => {
      await store.append(events(300, (n) => ({ timestamp: n * day, red: n / 300 })))
      const kept = { from: 200 * day, red: 0.9 }
      const before = await store.count(kept)
      await store.expire?.(200 * day)
      deepStrictEqual(await store.count(kept), before)
      strictEqual((await store.list({ limit: 300, from: 200 * day })).length, 100)
      deepStrictEqual(await statuses(store.append([event({ imageId: '250', timestamp: 250 * day, red: 250 / 300 })])), [
        'duplicate',
      ])
    },
  },
]
