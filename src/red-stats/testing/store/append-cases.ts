import { deepStrictEqual, strictEqual } from 'node:assert/strict'
import { maxTimestamp } from '../../event.ts'
import { event, events, type StoreCase, statuses, unlessExact } from './case.ts'

const month = 30 * 24 * 3600 * 1000

export const appendCases: readonly StoreCase[] = [
  {
    name: 'gives no results for no events',
    run: async ({ store }) => {
      deepStrictEqual(await store.append([]), [])
    },
  },
  {
    name: 'stores an event',
    run: async ({ store }) => {
      deepStrictEqual(await store.append([event()]), [{ status: 'stored' }])
      deepStrictEqual(await store.list({ limit: 10 }), [event()])
    },
  },
  {
    name: 'tells a repeat, and when the event was stored',
    run: async ({ store, clock }) => {
      clock.now = 5000
      await store.append([event()])
      clock.now = 9000
      deepStrictEqual(await store.append([event()]), [{ status: 'duplicate', storedAt: 5000 }])
      strictEqual((await store.count({})).total, 1)
    },
  },
  {
    name: 'tells a conflict when the time differs',
    run: async ({ store }) => {
      await store.append([event()])
      deepStrictEqual(await store.append([event({ timestamp: 1001 })]), [{ status: 'conflict' }])
    },
  },
  {
    name: 'tells a conflict when the time differs by years',
    run: async ({ store }) => {
      await store.append([event()])
      deepStrictEqual(await store.append([event({ timestamp: 1000 + 50 * month })]), [{ status: 'conflict' }])
      strictEqual((await store.count({})).total, 1)
    },
  },
  {
    name: 'tells a conflict when the sender differs',
    run: async ({ store }) => {
      await store.append([event()])
      deepStrictEqual(await store.append([event({ clientId: 'C' })]), [{ status: 'conflict' }])
    },
  },
  {
    name: 'tells a conflict when red differs by the least there is',
    run: async ({ store }) => {
      await store.append([event({ red: 0.3 })])
      deepStrictEqual(await store.append([event({ red: 0.1 + 0.2 })]), [{ status: 'conflict' }])
    },
  },
  {
    name: 'keeps the first content after a conflict',
    run: async ({ store }) => {
      await store.append([event()])
      await store.append([event({ red: 0.9 })])
      deepStrictEqual(await store.list({ limit: 10 }), [event()])
      deepStrictEqual(await statuses(store.append([event()])), ['duplicate'])
    },
  },
  {
    name: 'tells a repeat within one call',
    run: async ({ store }) => {
      deepStrictEqual(await statuses(store.append([event(), event()])), ['stored', 'duplicate'])
      strictEqual((await store.count({})).total, 1)
    },
  },
  {
    name: 'tells a conflict within one call, and the first one stays',
    run: async ({ store }) => {
      const results = store.append([event(), event({ red: 0.9 }), event()])
      deepStrictEqual(await statuses(results), ['stored', 'conflict', 'duplicate'])
      deepStrictEqual(await store.count({ red: 0.5 }), { total: 1, above: 0 })
    },
  },
  {
    name: 'gives results in the order of the events, new and known mixed',
    run: async ({ store }) => {
      await store.append(events(3, () => ({})))
      const mixed = [event({ imageId: 'new' }), ...events(4, (n) => (n === 1 ? { red: 0.1 } : {}))]
      deepStrictEqual(await statuses(store.append(mixed)), ['stored', 'duplicate', 'conflict', 'duplicate', 'stored'])
      strictEqual((await store.count({})).total, 5)
    },
  },
  {
    name: 'stores 10,000 events of one call',
    run: async ({ store }) => {
      const results = await statuses(store.append(events(10_000, (n) => ({ timestamp: n, red: n / 10_000 }))))
      strictEqual(results.filter((status) => status === 'stored').length, 10_000)
      deepStrictEqual(await store.count({ red: 0.5 }), { total: 10_000, above: 4999 })
    },
  },
  {
    name: 'stores one call of events spread over a hundred years',
    run: async ({ store }) => {
      const spread = events(120, (n) => ({ timestamp: Math.floor((n * maxTimestamp) / 119) }))
      deepStrictEqual(new Set(await statuses(store.append(spread))), new Set(['stored']))
      strictEqual((await store.count({})).total, 120)
    },
  },
  {
    name: 'tells repeats of events that come again in other calls',
    run: async ({ store }) => {
      const all = events(60, (n) => ({ timestamp: n }))
      await Promise.all([store.append(all.slice(0, 20)), store.append(all.slice(20))])
      for (let start = 0; start < 60; start += 7) {
        deepStrictEqual(new Set(await statuses(store.append(all.slice(start, start + 7)))), new Set(['duplicate']))
      }
      strictEqual((await store.count({})).total, 60)
    },
  },
  {
    name: 'takes events in any order of time',
    run: async ({ store }) => {
      for (const timestamp of [5000, 1000, 9000, 3000]) {
        await store.append([event({ imageId: String(timestamp), timestamp })])
      }
      deepStrictEqual(
        (await store.list({ limit: 9 })).map(({ timestamp }) => timestamp),
        [9000, 5000, 3000, 1000],
      )
      strictEqual((await store.count({ from: 1000, to: 5000 })).total, 2)
    },
  },
  {
    name: 'stores each event once when calls with the same events race',
    run: async ({ store }) => {
      const all = events(50, (n) => ({ timestamp: n }))
      const results = (await Promise.all(Array.from({ length: 8 }, () => statuses(store.append(all))))).flat()
      strictEqual(results.filter((status) => status === 'stored').length, 50)
      strictEqual(results.filter((status) => status === 'duplicate').length, 350)
      strictEqual((await store.count({})).total, 50)
    },
  },
  {
    name: 'lets exactly one of several events with one id win when calls race',
    skip: unlessExact,
    run: async ({ store }) => {
      const rivals = Array.from({ length: 8 }, (_, n) => event({ red: n / 10 }))
      const results = (await Promise.all(rivals.map((rival) => statuses(store.append([rival]))))).flat()
      strictEqual(results.filter((status) => status === 'stored').length, 1)
      strictEqual(results.filter((status) => status === 'conflict').length, 7)
      deepStrictEqual(await store.list({ limit: 9 }), [rivals[results.indexOf('stored')]])
    },
  },
  {
    name: 'stores the events of calls that race',
    run: async ({ store }) => {
      const calls = Array.from({ length: 30 }, (_, call) => events(5, (n) => ({ imageId: `${call}/${n}` })))
      await Promise.all(calls.map((call) => store.append(call)))
      strictEqual((await store.count({})).total, 150)
    },
  },
  {
    name: 'shows what was acknowledged to the next query',
    run: async ({ store }) => {
      for (let n = 1; n <= 10; n++) {
        await store.append([event({ imageId: String(n), timestamp: n })])
        strictEqual((await store.count({})).total, n)
      }
    },
  },
]
