import { deepStrictEqual, rejects, strictEqual } from 'node:assert/strict'
import type { RedStatsStore } from '../../store.ts'
import { event, events, type StoreCase } from './case.ts'

/** Four events, a second apart; every other one of client `c1`. */
async function withFour(store: RedStatsStore): Promise<void> {
  await store.append(events(4, (n) => ({ timestamp: 1000 * (n + 1), clientId: `c${n % 2}`, red: (n + 1) / 4 })))
}

function counts(
  name: string,
  query: Parameters<RedStatsStore['count']>[0],
  total: number,
  above: number | null,
): StoreCase {
  return {
    name,
    run: async ({ store }) => {
      await withFour(store)
      deepStrictEqual(await store.count(query), { total, above })
    },
  }
}

export const countCases: readonly StoreCase[] = [
  {
    name: 'counts nothing in an empty store',
    run: async ({ store }) => {
      deepStrictEqual(await store.count({ red: 0 }), { total: 0, above: 0 })
      deepStrictEqual(await store.count({ from: 0, to: 10, clientId: 'c' }), { total: 0, above: null })
    },
  },
  counts('counts everything without bounds, and says null for above without red', {}, 4, null),
  counts('counts from the first millisecond of a range', { from: 2000 }, 3, null),
  counts('counts up to the millisecond before the end of a range', { to: 2000 }, 1, null),
  counts('counts a range of one millisecond', { from: 2000, to: 2001 }, 1, null),
  counts('counts nothing in an empty range', { from: 2000, to: 2000, red: 0 }, 0, 0),
  counts('counts nothing between events', { from: 2001, to: 3000, red: 0 }, 0, 0),
  counts('counts nothing before the first event', { to: 1000 }, 0, null),
  counts('counts nothing after the last event', { from: 4001 }, 0, null),
  counts('counts what is strictly above red', { red: 0.5 }, 4, 2),
  counts('counts everything but exact zeros above 0', { red: 0 }, 4, 4),
  counts('counts nothing above 1', { red: 1 }, 4, 0),
  counts('counts above red within a range', { from: 1000, to: 4000, red: 0.25 }, 3, 2),
  counts('counts one sender', { clientId: 'c1' }, 2, null),
  counts('counts one sender above red within a range', { clientId: 'c1', from: 1000, to: 4000, red: 0.4 }, 1, 1),
  counts('counts nothing of a sender it does not know', { clientId: 'c', red: 0 }, 0, 0),
  {
    name: 'counts zeros as not above 0',
    run: async ({ store }) => {
      await store.append(events(10, (n) => ({ red: n < 7 ? 0 : 0.001 })))
      deepStrictEqual(await store.count({ red: 0 }), { total: 10, above: 3 })
    },
  },
  {
    name: 'counts many events of one millisecond',
    run: async ({ store }) => {
      await store.append(events(500, (n) => ({ red: n / 500 })))
      deepStrictEqual(await store.count({ from: 1000, to: 1001, red: 0.5 }), { total: 500, above: 249 })
      strictEqual((await store.count({ to: 1000 })).total, 0)
    },
  },
  {
    name: 'counts many events of one red',
    run: async ({ store }) => {
      await store.append(events(500, (n) => ({ timestamp: n, red: 0.75 })))
      deepStrictEqual(await store.count({ from: 100, to: 300, red: 0.75 }), { total: 200, above: 0 })
      deepStrictEqual(await store.count({ from: 100, to: 300, red: 0.7499999 }), { total: 200, above: 200 })
    },
  },
  {
    name: 'answers from one snapshot while events are stored',
    run: async ({ store }) => {
      const appends = Array.from({ length: 20 }, (_, call) =>
        store.append(events(50, (n) => ({ imageId: `${call}/${n}`, red: 1 }))),
      )
      const answers = await Promise.all(appends.flatMap(() => [store.count({ red: 0.5 }), store.count({ red: 0 })]))
      await Promise.all(appends)
      for (const { total, above } of answers) strictEqual(above, total)
    },
  },
  {
    name: 'answers many questions at once',
    run: async ({ store }) => {
      await withFour(store)
      const answers = await Promise.all(Array.from({ length: 50 }, (_, n) => store.count({ from: 1000 * (n % 6) })))
      deepStrictEqual(
        answers.map(({ total }) => total),
        Array.from({ length: 50 }, (_, n) => Math.min(4, 5 - (n % 6))),
      )
    },
  },
  {
    name: 'rejects with the reason of a signal that is aborted',
    run: async ({ store }) => {
      await store.append([event()])
      const reason = new Error('not needed any more')
      const signal = AbortSignal.abort(reason)
      await rejects(store.count({ signal }), reason)
      await rejects(store.list({ limit: 1, signal }), reason)
      strictEqual((await store.count({})).total, 1)
    },
  },
]
