import { deepStrictEqual, strictEqual } from 'node:assert/strict'
import type { RedEvent } from '../../event.ts'
import { event, events, type StoreCase } from './case.ts'

const idsOf = (list: readonly RedEvent[]): string[] => list.map(({ imageId }) => imageId)

export const listCases: readonly StoreCase[] = [
  {
    name: 'lists nothing of an empty store',
    run: async ({ store }) => {
      deepStrictEqual(await store.list({ limit: 10 }), [])
    },
  },
  {
    name: 'lists the newest first',
    run: async ({ store }) => {
      await store.append(events(5, (n) => ({ timestamp: (n * 3) % 5 })))
      deepStrictEqual(idsOf(await store.list({ limit: 10 })), ['3', '1', '4', '2', '0'])
    },
  },
  {
    name: 'lists events of one time by the bytes of their ids, the last first',
    run: async ({ store }) => {
      const ids = ['B', 'a', 'Z', '10', '9', 'é', '\uffff', '🍅', 'ab']
      await store.append(ids.map((imageId) => event({ imageId })))
      deepStrictEqual(idsOf(await store.list({ limit: 10 })), ['🍅', '\uffff', 'é', 'ab', 'a', 'Z', 'B', '9', '10'])
    },
  },
  {
    name: 'lists no more than the limit',
    run: async ({ store }) => {
      await store.append(events(50, (n) => ({ timestamp: n })))
      deepStrictEqual(idsOf(await store.list({ limit: 3 })), ['49', '48', '47'])
      strictEqual((await store.list({ limit: 50 })).length, 50)
    },
  },
  {
    name: 'goes on after an event',
    run: async ({ store }) => {
      await store.append(events(50, (n) => ({ timestamp: n })))
      deepStrictEqual(idsOf(await store.list({ limit: 3, after: { timestamp: 47, imageId: '47' } })), [
        '46',
        '45',
        '44',
      ])
    },
  },
  {
    name: 'goes on among events of one time',
    run: async ({ store }) => {
      const ids = 'abcdefgh'.split('')
      await store.append(ids.map((imageId) => event({ imageId })))
      deepStrictEqual(idsOf(await store.list({ limit: 3, after: { timestamp: 1000, imageId: 'e' } })), ['d', 'c', 'b'])
    },
  },
  {
    name: 'goes on after an event that is not there',
    run: async ({ store }) => {
      await store.append(events(10, (n) => ({ timestamp: 10 * n })))
      deepStrictEqual(idsOf(await store.list({ limit: 2, after: { timestamp: 55, imageId: 'x' } })), ['5', '4'])
    },
  },
  {
    name: 'lists nothing after the oldest event',
    run: async ({ store }) => {
      await store.append([event()])
      deepStrictEqual(await store.list({ limit: 10, after: event() }), [])
    },
  },
  {
    name: 'lists every event once, page by page',
    run: async ({ store }) => {
      await store.append(events(100, (n) => ({ timestamp: Math.floor(n / 7) })))
      const found: string[] = []
      let after: RedEvent | undefined
      for (let pages = 0; pages < 20; pages++) {
        const page = await store.list({ limit: 8, ...(after === undefined ? {} : { after }) })
        found.push(...idsOf(page))
        after = page.at(-1)
        if (page.length < 8) break
      }
      strictEqual(found.length, 100)
      strictEqual(new Set(found).size, 100)
    },
  },
  {
    name: 'lists only what is strictly above red',
    run: async ({ store }) => {
      await store.append(events(10, (n) => ({ timestamp: n, red: n / 10 })))
      deepStrictEqual(idsOf(await store.list({ limit: 10, red: 0.7 })), ['9', '8'])
      deepStrictEqual(idsOf(await store.list({ limit: 2, red: 0 })), ['9', '8'])
    },
  },
  {
    name: 'lists one sender within a range above red, after an event',
    run: async ({ store }) => {
      await store.append(events(100, (n) => ({ timestamp: n, clientId: `c${n % 2}`, red: (n % 10) / 10 })))
      const list = await store.list({
        limit: 3,
        from: 20,
        to: 80,
        clientId: 'c1',
        red: 0.4,
        after: { timestamp: 67, imageId: '67' },
      })
      deepStrictEqual(idsOf(list), ['65', '59', '57'])
    },
  },
]
