import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { memoryStore, type RedStatsStore } from '../../../src/red-stats/index.ts'
import { storeCaseNames, testStore } from '../../../src/red-stats/testing/index.ts'
import { collectResults } from './collect.ts'

const names = Object.values(storeCaseNames).flat()

/** Stores with one fault each, and a case that must notice it. */
const faulty: Record<string, [fault: (store: RedStatsStore) => Partial<RedStatsStore>, noticedBy: string]> = {
  'counts red at the threshold': [
    (store) => ({ count: (query) => store.count({ ...query, ...(query.red ? { red: query.red - 1e-9 } : {}) }) }),
    'counts what is strictly above red',
  ],
  'counts the end of a range': [
    (store) => ({ count: (query) => store.count({ ...query, ...(query.to ? { to: query.to + 1 } : {}) }) }),
    'counts up to the millisecond before the end of a range',
  ],
  'leaves out the start of a range': [
    (store) => ({ count: (query) => store.count({ ...query, from: (query.from ?? -1) + 1 }) }),
    'counts from the first millisecond of a range',
  ],
  'takes all senders for one': [
    (store) => ({ count: ({ clientId: _, ...query }) => store.count(query) }),
    'counts one sender',
  ],
  'says 0 for above without red': [
    (store) => ({
      count: async (query) => ({ ...(await store.count(query)), ...(query.red === undefined ? { above: 0 } : {}) }),
    }),
    'counts everything without bounds, and says null for above without red',
  ],
  'forgets when an event was stored': [
    (store) => ({
      append: async (events) =>
        (await store.append(events)).map((result) =>
          result.status === 'duplicate' ? { ...result, storedAt: 0 } : result,
        ),
    }),
    'tells a repeat, and when the event was stored',
  ],
  'takes a conflict for a repeat': [
    (store) => ({
      append: async (events) =>
        (await store.append(events)).map((result) =>
          result.status === 'conflict' ? { status: 'duplicate', storedAt: 0 } : result,
        ),
    }),
    'tells a conflict when the time differs',
  ],
  'keeps red in 32 bits': [
    (store) => ({
      append: (events) => store.append(events.map((event) => ({ ...event, red: Math.fround(event.red) }))),
    }),
    'keeps every digit of red',
  ],
  'trims ids': [
    (store) => ({
      append: (events) => store.append(events.map((event) => ({ ...event, imageId: event.imageId.trim() || 'x' }))),
    }),
    'keeps ids with spaces around it apart',
  ],
  'answers before it has stored': [
    (store) => ({
      append: async (events) => {
        const results = store.append(events)
        await results
        return events.length > 100 ? [] : results
      },
    }),
    'stores 10,000 events of one call',
  ],
  'leaves out empty steps': [
    (store) => ({ series: async (query) => (await store.series(query)).filter(({ total }) => total > 0) }),
    'charts empty steps too',
  ],
  'drops red of 1': [
    (store) => ({ distribution: async (query) => [...(await store.distribution(query)).slice(0, -1), 0] }),
    'puts red of exactly 1 into the last bin',
  ],
  'lists the oldest first': [
    (store) => ({ list: async (query) => (await store.list(query)).toReversed() }),
    'lists the newest first',
  ],
  'repeats the last of a page': [
    (store) => ({
      list: ({ after, ...query }) =>
        store.list(after === undefined ? query : { ...query, after: { ...after, imageId: `${after.imageId}\u0001` } }),
    }),
    'goes on among events of one time',
  ],
  'ignores a signal': [
    (store) => ({ count: ({ signal: _, ...query }) => store.count(query) }),
    'rejects with the reason of a signal that is aborted',
  ],
}

describe('testStore', () => {
  it('has at least 60 cases, each with a name of its own', () => {
    expect(names.length).toBeGreaterThanOrEqual(60)
    expect(new Set(names).size).toBe(names.length)
  })

  it.each(Object.entries(faulty))('notices a store that %s', async (_, [fault, noticedBy]) => {
    const others = names.filter((name) => name !== noticedBy).map((name) => [name, 'another fault'])
    const results = await collectResults(
      ({ now }) => {
        const store = memoryStore({ now })
        return { ...store, ...fault(store) }
      },
      { skip: Object.fromEntries(others) },
    )
    const failed = results.filter(({ result }) => result === 'failed')
    expect(failed).toEqual([expect.objectContaining({ name: noticedBy })])
  })

  it('leaves out what it is told to, and what a store says it cannot do', async () => {
    const results = await collectResults(({ now }) => memoryStore({ now }), {
      operations: 5,
      skip: { 'answers a ping': 'it has none' },
    })
    const skipped = results.filter(({ result }) => result === 'skipped')
    expect(skipped).toContainEqual({ group: 'life', name: 'answers a ping', result: 'skipped', reason: 'it has none' })
    expect(skipped).toContainEqual(expect.objectContaining({ name: 'has its events after it is opened again' }))
    expect(results.filter(({ result }) => result === 'failed')).toEqual([])
  })

  it('refuses a name that is no case', () => {
    const runner = { describe: () => {}, it: () => {} }
    expect(() => testStore(runner, () => memoryStore(), { skip: { nonsense: '' } })).toThrow(RangeError)
    expect(() => testStore(runner, () => memoryStore(), { operation: 1 } as never)).toThrow(TypeError)
  })

  it('is the suite of which the results are documented', () => {
    const page = readFileSync('docs/conformance.md', 'utf8')
    for (const name of names) expect(page).toContain(`| ${name} |`)
  })
})
