import { readFileSync } from 'node:fs'
import { instance } from '@viz-js/viz'
import { Ajv } from 'ajv'
import { describe, expect, test } from 'vitest'
import {
  analyse,
  type CpuProfileFile,
  profileTree,
  timingTree,
  toDot,
  toFlameHtml,
  toFolded,
  toSpeedscope,
  toSvg,
  treeToSpeedscope,
} from '../../../src/profiling/analyse/index.ts'
import { logOf } from './lines.ts'

const frame = (functionName: string, url = '', lineNumber = -1) => ({
  functionName,
  scriptId: '0',
  url,
  lineNumber,
  columnNumber: -1,
})
const profile: CpuProfileFile = {
  nodes: [
    { id: 1, callFrame: frame('(root)'), hitCount: 0, children: [2, 5] },
    { id: 2, callFrame: frame('main', 'a.js', 9), hitCount: 1, children: [3] },
    { id: 3, callFrame: frame('ruddleTimeit', 'p.js', 1), hitCount: 1, children: [4] },
    { id: 4, callFrame: frame('', 'a.js', 19), hitCount: 1, children: [] },
    { id: 5, callFrame: frame('(idle)'), hitCount: 1, children: [] },
  ],
  startTime: 0,
  endTime: 10_000,
  samples: [2, 3, 4, 5],
  timeDeltas: [0, 1_000, 2_000, 3_000],
}

const evil = '</script><img src=x onerror=alert(1)>"\\;\n&'
const timed = await analyse([
  [
    logOf(({ timeit, pass }) => {
      const leaf = timeit('leaf', () => pass(2))
      const one = timeit(evil, () => {
        pass(1)
        leaf()
      })
      const two = timeit('two', () => {
        pass(3)
        leaf()
        leaf()
      })
      const loop: (n: number) => void = timeit('loop', (n: number) => {
        pass(1)
        if (n > 0) loop(n - 1)
      })
      one()
      two()
      loop(3)
      leaf()
    }),
  ],
])

describe('a tree', () => {
  test('of CPU profiles has the time of each sample until the next, without waiting and without the wrappers', () => {
    const tree = profileTree([
      { fn: 'handler', profile },
      { fn: 'handler', profile },
    ])
    // the last sample before the end has no time of its own; that in the wrapper is its caller's
    expect(tree).toMatchObject({ totalMs: 12, selfMs: 0, children: [{ name: 'handler', totalMs: 12 }] })
    expect(tree.children[0]?.children).toMatchObject([
      {
        name: 'main',
        at: 'a.js:10',
        selfMs: 6,
        children: [{ name: '(anonymous)', at: 'a.js:20', selfMs: 6, children: [] }],
      },
    ])
  })

  test('of timings gives each caller its share', () => {
    const tree = timingTree(timed)
    const byName = Object.fromEntries(tree.children.map((child) => [child.name, child]))
    expect(tree.totalMs).toBeCloseTo(16, 9)
    expect(byName['two']).toMatchObject({ totalMs: 7, selfMs: 3, children: [{ name: 'leaf', totalMs: 4 }] })
    expect(byName['loop']).toMatchObject({ totalMs: 4, selfMs: 4, children: [] })
    expect(byName['leaf']).toMatchObject({ totalMs: 2 })
  })
})

test('folded stacks are one line each, in microseconds, whatever the names', () => {
  const lines = toFolded(timingTree(timed)).trimEnd().split('\n')
  expect(lines).toHaveLength(6)
  for (const line of lines) expect(line).toMatch(/^[^;\s][^\n]* \d+$/)
  expect(lines.find((line) => line.startsWith('two') && line.includes(';leaf'))).toMatch(/ 4000$/)
  expect(toFolded(profileTree([{ fn: 'handler', profile }]))).toBe(
    'handler;main (a.js:10) 3000\nhandler;main (a.js:10);(anonymous) (a.js:20) 3000\n',
  )
})

describe('speedscope', () => {
  const schema = JSON.parse(readFileSync('node_modules/speedscope/dist/release/file-format-schema.json', 'utf8'))
  const valid = new Ajv({ strict: false }).compile(schema)

  test('files follow its schema', () => {
    for (const file of [toSpeedscope([{ name: 'handler, 10 ms', profile }]), treeToSpeedscope(timingTree(timed))]) {
      expect(valid(JSON.parse(JSON.stringify(file))), JSON.stringify(valid.errors)).toBe(true)
      for (const { samples, weights, endValue } of file.profiles) {
        expect(samples.length).toBe(weights.length)
        expect(weights.reduce((sum, weight) => sum + weight, 0)).toBe(endValue)
      }
    }
  })

  test('files keep the order of time', () => {
    const { shared, profiles } = toSpeedscope([{ name: 'handler', profile }])
    const named = profiles[0]?.samples.map((stack) => stack.map((i) => shared.frames[i]?.name))
    expect(named).toEqual([['main'], ['main'], ['main', '(anonymous)'], ['(idle)']])
    expect(profiles[0]?.weights).toEqual([1_000, 2_000, 3_000, 0])
    expect(shared.frames[0]).toEqual({ name: 'main', file: 'a.js', line: 10 })
  })
})

describe('the call graph', () => {
  test('is DOT that Graphviz draws, whatever the names', async () => {
    const dot = toDot(timed)
    const viz = await instance()
    expect(viz.render(dot, { format: 'dot' }).status).toBe('success')
    const svg = await toSvg(dot)
    expect(svg).toContain('<svg')
    expect(svg).toContain('two')
    expect(svg).not.toContain('<img')
    expect(svg.match(/<g id="edge\d+"/g)).toHaveLength(3)
  })

  test('leaves out what takes next to nothing', () => {
    expect(toDot(timed, { least: 0.7 })).toContain('two')
    expect(toDot(timed, { least: 0.7 })).not.toContain('loop')
  })
})

test('the flame graph is one file without anything from elsewhere, and nothing in it gets out of its place', () => {
  const html = toFlameHtml(timingTree(timed), { title: evil, note: evil })
  expect(html.match(/<script/g)).toHaveLength(2)
  expect(html).not.toContain('<img')
  expect(toFlameHtml(timingTree(timed)).replaceAll('src=x', '')).not.toMatch(/\b(?:src|href)=|url\(|@import|https?:/)
  expect(html).toContain("default-src 'none'")
  expect(toFlameHtml(timingTree(timed))).toBe(toFlameHtml(timingTree(timed)))
})
