import { describe, expect, test } from 'vitest'
import {
  analyse,
  diff,
  findings,
  formatCurves,
  formatDiff,
  formatReport,
} from '../../../src/profiling/analyse/index.ts'
import type { Recording } from '../recording.ts'
import { line, logOf, logOfAsync } from './lines.ts'

const setting = (work: (recording: Recording) => void) => analyse([[logOf(work)]])

// One second of work in which each function deserves another verdict.
const busy = ({ timeit, cacheProfile, pass }: Recording): void => {
  let version = 0
  const slow = timeit('slow', () => pass(200))
  const often = timeit('often', () => pass(1))
  const cacheable = timeit(
    'cacheable',
    cacheProfile('cacheable', (_id: number) => pass(3)),
  )
  const changing = timeit(
    'changing',
    cacheProfile('changing', (_id: number) => {
      pass(2)
      return version++
    }),
  )
  const distinct = cacheProfile('distinct', (_id: number) => pass(2))
  const failing = timeit('failing', (i: number) => {
    if (i % 4 === 0) throw new Error('no')
  })
  const root = timeit('root', (i: number) => {
    for (let j = 0; j < 30; j++) often()
    for (let j = 0; j < 5; j++) cacheable(j)
    changing(1)
    distinct(i)
    slow()
    try {
      failing(i)
    } catch {}
  })
  for (let i = 0; i < 20; i++) root(i)
}

describe('findings', () => {
  test('say what to do about each function, most saving first', async () => {
    const found = findings(await setting(busy))
    expect(found.map(({ fn, verdicts }) => [fn, verdicts.map(({ kind }) => kind)])).toEqual([
      ['slow', ['slow', 'blocks']],
      ['often', ['called too often']],
      ['cacheable', ['cache']],
      ['changing', ['do not cache']],
      ['distinct', ['do not cache']],
      ['failing', ['errors']],
    ])
    const [slow, often, cacheable] = found
    expect(slow).toMatchObject({ savesMs: 4_000, times: { calls: 20 } })
    expect(often?.verdicts).toMatchObject([{ caller: 'root', callsPerCall: 30, savesMs: 580 }])
    expect(cacheable?.verdicts).toMatchObject([{ size: { at: 5, hitRate: 0.95, savedMs: 285 } }])
    expect(found.find(({ fn }) => fn === 'failing')?.verdicts).toMatchObject([{ errors: 5, rate: 0.25 }])
    expect(often?.share).toBeCloseTo(600 / 5_020, 9)
  })

  test('follow thresholds', async () => {
    const analysis = await setting(busy)
    const kinds = (thresholds: object) =>
      findings(analysis, thresholds).flatMap(({ verdicts }) => verdicts.map((v) => v.kind))
    expect(kinds({ slowMs: 201, blocksMs: 201 })).not.toContain('slow')
    expect(kinds({ callsPerCall: 31 })).not.toContain('called too often')
    expect(kinds({ errors: 0.3 })).not.toContain('errors')
    expect(kinds({ changed: 1.01 }).filter((kind) => kind === 'do not cache')).toHaveLength(2)
    expect(kinds({ share: 0.5 }).sort()).toEqual([
      'blocks',
      'do not cache',
      'do not cache',
      'do not cache',
      'errors',
      'slow',
    ])
  })

  test('says nothing per call of a function whose first call had not ended', async () => {
    const edges = [['g', 'g.ts:1', 9, 8] as const]
    const begun = line({ k: 'timeit', n: 0, outer: 0, timed: 0, err: 1, sum: 0, self: 1, h: [], edges })
    const called = line({ k: 'timeit', fn: 'g', at: 'g.ts:1', n: 9, outer: 9, timed: 9, sum: 8, self: 8 })
    expect(formatReport(await analyse([[begun + called]]))).not.toMatch(/Infinity|∞|NaN/)
  })

  test('give the reason why not to cache', async () => {
    const reasons = findings(
      await setting(({ cacheProfile, pass, timeit }) => {
        const quick = cacheProfile('quick', (x: number) => x)
        for (let i = 0; i < 1_000; i++) quick(i % 3)
        cacheProfile('large', (_text: string) => pass(1))('x'.repeat(100_000))
        const once = cacheProfile('once', (_x: number) => pass(1))
        for (let i = 0; i < 10; i++) once(i)
        const rare = cacheProfile('rare', (_x: number) => pass(1))
        for (const i of [1, 2, 3, 4, 1]) rare(i)
        timeit('else', () => pass(1_000))()
      }),
    ).flatMap(({ fn, verdicts }) => verdicts.flatMap((v) => (v.kind === 'do not cache' ? [[fn, v.reason]] : [])))
    expect(Object.fromEntries(reasons)).toEqual({
      quick: 'looking up would take longer than calling',
      large: 'its arguments are too large for a key',
      once: 'no call was repeated',
      rare: 'at best 20 % of the calls would hit, which saves 1.00 ms',
    })
  })

  test('do not rank an upper bound against what was measured', async () => {
    const log = await logOfAsync(async ({ timeit, pass }) => {
      const sync = timeit('sync', () => pass(10))
      const waits = timeit('waits', async () => {
        sync()
        await undefined
        pass(1_000)
      })
      await waits()
      await waits()
    })
    const analysis = await analyse([[log]])
    const [waits, sync] = findings(analysis)
    expect(waits).toMatchObject({ fn: 'waits', isBound: true, share: 1 })
    expect(sync).toMatchObject({ fn: 'sync', isBound: false, share: 1 })
    expect(formatReport(analysis)).toContain('`waits` takes ≤ 100 % of the self time of asynchronous functions')
  })
})

describe('the report', () => {
  test('begins with the answer, in words', async () => {
    const text = formatReport(await setting(busy))
    expect(text).toContain(
      '`slow` takes 80 % of all self time (4.00 s, 20 calls, p99 200 ms): slow per call (p99 200 ms).',
    )
    expect(text).toContain(
      '`often` takes 12 % of all self time (600 ms, 600 calls, p99 1.00 ms): called too often. `root` calls it 30 times a call; once would save up to 580 ms.',
    )
    expect(text).toMatch(
      /`cacheable` takes 6\.0 % .*: cache it\. An LRU of 5 would hit 95 % and save 28\d ms\. 0 of 95 repeats had changed\./,
    )
    expect(text).toContain('do not cache it: 19 of 19 repeats (100 %) had another result.')
    expect(text).toContain('25 % of the calls fail (5).')
    expect(text).toContain('Also: blocks the event loop: 200 ms at a time (p99).')
    expect(text.indexOf('1. `slow`')).toBeLessThan(text.indexOf('function '))
  })

  test('is the same for the same log', async () => {
    const log = logOf(busy)
    const texts = await Promise.all([1, 2].map(async () => formatReport(await analyse([[log]]))))
    expect(texts[0]).toBe(texts[1])
  })

  test('says what is missing, doubled and cut off', async () => {
    const log = logOf(busy, { maxFunctions: 4 }).split('\n')
    const text = formatReport(await analyse([[log.toSpliced(1, 1, log[0]!).join('\n')]]))
    expect(text).toContain('! 1 profiling lines are missing: all sums are too low')
    expect(text).toContain('! 1 doubled lines were counted once')
    expect(text).toMatch(/! \d+ functions were beyond maxFunctions/)
  })

  test('shows slow calls', async () => {
    const text = formatReport(
      await setting(({ timeit, pass }) => {
        const work = timeit({ name: 'work', slowMs: 5 })((ms: number) => pass(ms))
        for (const ms of [1, 5, 6, 7]) work(ms)
      }),
    )
    expect(text).toMatch(/slow calls +calls +slowest.*\nwork +1 +5\.00 ms/)
  })

  test('has nothing to say when there is nothing to do', async () => {
    expect(formatReport(await setting(({ timeit }) => void timeit('fine', () => 1)()))).toContain('Nothing stands out.')
  })
})

test('the curves are drawn with what they say', async () => {
  const { caches } = await setting(({ cacheProfile, pass }) => {
    const get = cacheProfile('get', (_id: number) => pass(2))
    for (let i = 0; i < 100; i++) get(i % 4)
  })
  const text = formatCurves(caches[0]!)
  expect(text).toContain('100 calls in 200 ms, 4 different keys')
  expect(text).toMatch(/hits +0 % +0 % +96 %/)
  expect(text).toMatch(/saved +0 ms +0 ms +192 ms/)
  expect(text).toMatch(/100 ms +300 ms +1 s +3 s +10 s +30 s +1 min +5 min +10 min +30 min +1 h +24 h/)
  expect(text).toContain('███')
})

describe('diff', () => {
  const load = (quick: boolean, requests: number) =>
    setting(({ timeit, pass }) => {
      const work = timeit('work', () => pass(quick ? 1 : 9))
      const old = timeit('old', () => pass(5))
      const request = timeit('request', () => {
        pass(1)
        work()
        work()
        if (!quick) old()
      })
      for (let i = 0; i < requests; i++) request()
    })

  test('puts times in proportion to requests, so that loads may differ', async () => {
    const changes = diff(await load(false, 10), await load(true, 40))
    expect(changes).toMatchObject({ requests: { before: 10, after: 40 }, selfMs: { before: 24, after: 3 } })
    expect(changes.functions.map(({ fn, selfMs }) => [fn, selfMs])).toEqual([
      ['work', -16],
      ['old', -5],
      ['request', 0],
    ])
    const text = formatDiff(changes)
    expect(text).toContain('A request took 24.0 ms of self time and takes 3.00 ms: 88 % less.')
    expect(text).toMatch(/old +5\.00 ms +gone +−5\.00 ms/)
    expect(formatDiff(diff(await load(true, 4), await load(false, 4)))).toContain('700 % more')
    expect(formatDiff(diff(await load(true, 4), await load(true, 4)))).toContain('no change')
  })
})
