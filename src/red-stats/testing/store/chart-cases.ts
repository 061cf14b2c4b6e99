import { deepStrictEqual, strictEqual } from 'node:assert/strict'
import { event, events, type StoreCase } from './case.ts'

export const chartCases: readonly StoreCase[] = [
  {
    name: 'charts empty steps too',
    run: async ({ store }) => {
      await store.append([
        event({ imageId: 'a', timestamp: 5, red: 0.1 }),
        event({ imageId: 'b', timestamp: 25, red: 0.9 }),
      ])
      deepStrictEqual(await store.series({ from: 0, to: 40, stepMs: 10, red: 0.5 }), [
        { from: 0, total: 1, above: 0 },
        { from: 10, total: 0, above: 0 },
        { from: 20, total: 1, above: 1 },
        { from: 30, total: 0, above: 0 },
      ])
    },
  },
  {
    name: 'charts an empty store',
    run: async ({ store }) => {
      deepStrictEqual(await store.series({ from: 5, to: 7, stepMs: 1 }), [
        { from: 5, total: 0, above: null },
        { from: 6, total: 0, above: null },
      ])
    },
  },
  {
    name: 'charts an empty range as no steps',
    run: async ({ store }) => {
      await store.append([event()])
      deepStrictEqual(await store.series({ from: 1000, to: 1000, stepMs: 10 }), [])
    },
  },
  {
    name: 'charts a last step that is shorter',
    run: async ({ store }) => {
      await store.append(events(30, (timestamp) => ({ timestamp })))
      const totals = (await store.series({ from: 3, to: 28, stepMs: 10 })).map(({ from, total }) => [from, total])
      deepStrictEqual(totals, [
        [3, 10],
        [13, 10],
        [23, 5],
      ])
    },
  },
  {
    name: 'charts one step that is longer than the range',
    run: async ({ store }) => {
      await store.append(events(30, (timestamp) => ({ timestamp })))
      deepStrictEqual(await store.series({ from: 10, to: 20, stepMs: 1000, red: 0.4 }), [
        { from: 10, total: 10, above: 10 },
      ])
    },
  },
  {
    name: 'charts one sender',
    run: async ({ store }) => {
      await store.append(events(20, (n) => ({ timestamp: n, clientId: `c${n % 4}`, red: n / 20 })))
      deepStrictEqual(await store.series({ from: 0, to: 20, stepMs: 10, red: 0.4, clientId: 'c1' }), [
        { from: 0, total: 3, above: 1 },
        { from: 10, total: 2, above: 2 },
      ])
    },
  },
  {
    name: 'charts ten thousand steps',
    run: async ({ store }) => {
      await store.append(events(1000, (n) => ({ timestamp: 10 * n, red: n / 1000 })))
      const points = await store.series({ from: 0, to: 10_000, stepMs: 1, red: 0.5 })
      strictEqual(points.length, 10_000)
      strictEqual(
        points.reduce((sum, { total }) => sum + total, 0),
        1000,
      )
      strictEqual(
        points.reduce((sum, { above }) => sum + (above ?? 0), 0),
        499,
      )
      deepStrictEqual(points[9990], { from: 9990, total: 1, above: 1 })
    },
  },
  {
    name: 'distributes an empty store into empty bins',
    run: async ({ store }) => {
      deepStrictEqual(await store.distribution({ bins: 3 }), [0, 0, 0])
    },
  },
  {
    name: 'distributes everything into one bin',
    run: async ({ store }) => {
      await store.append(events(5, (n) => ({ red: n / 4 })))
      deepStrictEqual(await store.distribution({ bins: 1 }), [5])
    },
  },
  {
    name: 'puts red of exactly 1 into the last bin',
    run: async ({ store }) => {
      await store.append(events(2, (n) => ({ red: n })))
      deepStrictEqual(await store.distribution({ bins: 4 }), [1, 0, 0, 1])
    },
  },
  ...[3, 7, 10, 100, 997].map(
    (bins): StoreCase => ({
      name: `puts the edges of ${bins} bins where floor(red × ${bins}) says`,
      run: async ({ store }) => {
        const reds = Array.from({ length: bins + 1 }, (_, n) => n / bins)
        const close = reds.flatMap((red) => [red, Math.max(0, red - Number.EPSILON / 4), Math.min(1, red + 1e-16)])
        await store.append(close.map((red, n) => event({ imageId: String(n), red })))
        const expected = new Array<number>(bins).fill(0)
        for (const red of close) expected[Math.min(bins - 1, Math.floor(red * bins))]!++
        deepStrictEqual(await store.distribution({ bins }), expected)
      },
    }),
  ),
  {
    name: 'distributes a range',
    run: async ({ store }) => {
      await store.append(events(100, (n) => ({ timestamp: n, red: n / 100 })))
      deepStrictEqual(await store.distribution({ from: 10, to: 60, bins: 4 }), [15, 25, 10, 0])
    },
  },
  {
    name: 'distributes one sender',
    run: async ({ store }) => {
      await store.append(events(100, (n) => ({ clientId: `c${n % 2}`, red: n / 100 })))
      deepStrictEqual(await store.distribution({ clientId: 'c0', bins: 2 }), [25, 25])
    },
  },
]
