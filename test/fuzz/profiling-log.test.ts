import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { expect } from 'vitest'
import {
  type Analysis,
  analyse,
  type CallTree,
  diff,
  formatCurves,
  formatDiff,
  formatReport,
  type LoggedProfile,
  profileTree,
  timingTree,
  toDot,
  toFlameHtml,
  toFolded,
  toSpeedscope,
  treeToSpeedscope,
} from '../../src/profiling/analyse/index.ts'
import { LoggedProfiles } from '../../src/profiling/analyse/logged-profiles.ts'
import { type CpuProfileFile, unpackProfile } from '../../src/profiling/analyse/unpack-profile.ts'
import type { PackedProfile } from '../../src/profiling/log-line.ts'
import { cutProfile } from '../../src/profiling/packed-profile.ts'
import { perfOf } from '../profiling/analyse/lines.ts'
import { fuzzTest } from './fuzz-test.ts'
import { damagedBytes, damagedText, oddJson } from './mutations.ts'

const head = { v: 1, id: '0123456789abcdef', q: 0, tid: 0, run: 'r1', t0: 1_000, t1: 2_000, fn: 'f', at: 'f.ts:1' }
const packed: PackedProfile = {
  strings: ['(root)', '', 'work', 'work.js', '(idle)'],
  nodes: [
    [-1, 0, 1, -1, -1],
    [0, 2, 3, 11, 4],
    [1, 2, 3, 20, 4],
    [0, 4, 1, -1, -1],
  ],
  samples: [1, 1, -2, 3],
  deltas: [10, 12, 9, 11],
  unitUs: 100,
}
const piece = { fn: 'f', at: 'f.ts:1', p: 0, ms: 4.2, overlap: 1 }
const perfLines: readonly object[] = [
  {
    ...{ ...head, k: 'timeit', n: 3, outer: 2, timed: 3, err: 1, async: 1, sum: 5.5, self: 4, sync: 1, min: 0.5 },
    ...{ max: 4, flight: [0, 2], hb: 5, h: [448, 2, 20, 1], hs: [448, 1], edges: [['g', 'g.ts:2', 3, 1.5]] },
  },
  perfOf({ k: 'timeit', run: 'r1', fn: 'g', hb: 3, h: [112, 1], exact: true }),
  { ...head, k: 'slow', ms: 120, skipped: 2 },
  {
    ...{ ...head, k: 'cache', n: 9, err: 0, unkeyed: 1, sum: 9, keys: 3, near: [0, 3, 3, 2, 1, 1], far: [2, 2] },
    ...{ tail: [30, 1, 1], cold: [1, 1], ttl: [1, 1], ttlOf: [4, 4], checked: 3, changed: 1, dup: [1, 1], keyMs: 0.1 },
  },
  ...cutProfile(packed, piece, 100_000).map((line) => ({ ...head, ...line })),
  { ...head, k: 'process', cpu: 1_000, elu: 0.4, rss: 1e8, dropped: 1, lost: 1, skipped: 1 },
]

const numbered = fc.tuple(fc.constantFrom(...perfLines), fc.nat(50)).map(([line, q]) => ({ ...line, q }))
const wrapped = (perf: string) =>
  fc.constantFrom(
    `{"level":30,"msg":"perf","perf":${perf}}`,
    `2026-01-01T10:00:00Z stdout F {app} {"perf":${perf}}`,
    JSON.stringify({ log: `{"perf":${perf}}\n`, stream: 'stdout' }),
    JSON.stringify({ message: JSON.stringify({ log: `{"perf":${perf}}\n` }) }),
  )
const line = fc
  .oneof(
    numbered.map((value) => JSON.stringify(value)),
    oddJson(numbered),
  )
  .chain(wrapped)
const log = fc.array(line, { minLength: 1, maxLength: 4 }).map((lines) => `${lines.join('\n')}\n`)
const sentinel = `{"perf":${JSON.stringify({ ...perfLines[1], fn: 'sentinel', id: 'fedcba9876543210' })}}`

/** The profile with one very deep stack. */
function withChain(length: number): PackedProfile {
  const chain = Array.from({ length }, (_, i) => [i, 2, 3, i * 7919, i % 13] as const)
  return { ...packed, nodes: [...packed.nodes, ...chain], samples: [length + 3, -1], deltas: [0, 9] }
}

/** What a flame graph shows; `JSON.stringify` writes null for a number that is none. */
function flameData(tree: CallTree): string {
  return /<script id="data" type="application\/json">(.*)<\/script>/.exec(toFlameHtml(tree))?.[1] ?? ''
}

/** Everything that is made of an analysis can be made, and every number in it is one. */
function useAll(analysis: Analysis): void {
  const { profiles } = analysis
  const whole = profiles.filter(
    (each): each is LoggedProfile & { profile: CpuProfileFile } => each.profile !== undefined,
  )
  const trees = [timingTree(analysis), profileTree(whole)]
  const files = [...trees.map(treeToSpeedscope), toSpeedscope(whole.map(({ fn, profile }) => ({ name: fn, profile })))]
  for (const file of files) expect(file.profiles.every(({ endValue }) => Number.isFinite(endValue))).toBe(true)
  for (const tree of trees) expect(toFolded(tree) + flameData(tree)).not.toMatch(/NaN|Infinity|null/)
  const texts = [formatReport(analysis), toDot(analysis), formatDiff(diff(analysis, analysis))]
  for (const use of analysis.caches) texts.push(formatCurves(use))
  expect(texts.join('\n')).not.toMatch(/\bNaN\b|Infinity|undefined/)
}

fuzzTest(
  'a log of any bytes is analysed or is NO_LINES, and what follows in it is found',
  { runs: 150, outcomes: ['lines found', 'no lines'] },
  fc.tuple(damagedBytes(log.map((text) => Buffer.from(text))), fc.array(fc.nat(2_000), { maxLength: 5 })),
  async ([bytes, cuts]) => {
    const alone = await analyse([[bytes]]).catch((error: unknown) => {
      expect(error).toMatchObject({ name: 'LogError', code: 'NO_LINES' })
      return undefined
    })
    if (alone !== undefined) useAll(alone)
    const both = Buffer.concat([bytes, Buffer.from(`\n${sentinel}\n`)])
    const isGzip = both[0] === 0x1f && both[1] === 0x8b
    const places = [0, ...cuts.sort((a, b) => a - b), both.length]
    const pieces = places.slice(1).map((to, i) => both.subarray(places[i], to))
    if (!isGzip) {
      const { functions, log } = await analyse([pieces])
      expect(functions.find(({ fn }) => fn === 'sentinel')?.calls).toBe(1)
      expect(log.perfLines).toBe(1 + (alone?.log.perfLines ?? 0))
    }
    return alone === undefined ? 'no lines' : 'lines found'
  },
)

fuzzTest(
  'a damaged gzip is named as such, and the next log is read',
  { runs: 80, outcomes: ['whole', 'damaged'] },
  damagedBytes(log.map((text) => gzipSync(text))).filter((bytes) => bytes[0] === 0x1f && bytes[1] === 0x8b),
  async (bytes) => {
    const { functions, log } = await analyse([[bytes], [Buffer.from(sentinel)]])
    expect(functions.find(({ fn }) => fn === 'sentinel')?.calls).toBe(1)
    return log.damaged.length > 0 ? 'damaged' : 'whole'
  },
)

fuzzTest(
  'a profile is unpacked into a tree whose samples are nodes of it, or is a TypeError',
  { runs: 200, outcomes: ['unpacked', 'refused'] },
  fc.oneof(
    { weight: 9, arbitrary: oddJson(fc.constant(packed), { most: 3 }).map((text): unknown => JSON.parse(text)) },
    { weight: 1, arbitrary: fc.constantFrom(100, 1_000, 20_000).map(withChain) },
  ),
  (value) => {
    let profile: CpuProfileFile
    try {
      profile = unpackProfile(value)
    } catch (error) {
      expect(error).toBeInstanceOf(TypeError)
      return 'refused'
    }
    const ids = new Set(profile.nodes.map(({ id }) => id))
    expect(profile.samples.every((id) => ids.has(id))).toBe(true)
    expect(profile.nodes.flatMap(({ children }) => children).every((id) => ids.has(id))).toBe(true)
    expect(Number.isFinite(profile.endTime)).toBe(true)
    expect(JSON.stringify(profile)).not.toContain('null')
    const trees = [{ fn: 'f', name: 'f', profile }]
    expect(flameData(profileTree(trees)) + JSON.stringify(toSpeedscope(trees))).not.toContain('null')
    return 'unpacked'
  },
)

fuzzTest(
  'a profile that was cut is put together again, in any order, or it is counted as damaged or missing',
  { runs: 100, outcomes: ['together', 'not together'] },
  fc.record({
    chain: fc.nat(300),
    maxBytes: fc.integer({ min: 300, max: 900 }),
    order: fc.infiniteStream(fc.nat(1_000)),
    damage: fc.option(fc.tuple(fc.nat(1_000), damagedText(fc.constant('H4sIAAAAAAAA'))), { freq: 2 }),
  }),
  ({ chain, maxBytes, order, damage }) => {
    const long = withChain(chain)
    const lines = cutProfile(long, piece, maxBytes).map((line) => ({ ...head, v: 1 as const, ...line }))
    const [at, text] = damage ?? [0, undefined]
    const shuffled = lines
      .map((line, i) => (text !== undefined && i === at % lines.length ? { ...line, d: text } : line))
      .map((line) => ({ line, rank: order.next().value ?? 0 }))
      .sort((a, b) => a.rank - b.rank)
    const profiles = new LoggedProfiles()
    for (const { line } of shuffled) profiles.add(line)
    const [found] = profiles.list()
    if (found?.profile === undefined) {
      expect(text).toBeDefined()
      expect(profiles.damaged).toBeGreaterThan(0)
      return 'not together'
    }
    expect(found.profile).toEqual(unpackProfile(long))
    return 'together'
  },
)
