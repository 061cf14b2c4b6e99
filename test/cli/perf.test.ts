import { type SpawnSyncReturns, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { logOf } from '../profiling/analyse/lines.ts'

const folder = mkdtempSync(join(tmpdir(), 'ruddle-perf-'))
const log = join(folder, 'before.log')
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const cli = 'dist/cli/index.js'
beforeAll(() => {
  const shop = (ms: number) =>
    logOf(
      ({ timeit, cacheProfile, profile, pass }) => {
        const price = timeit(
          'Shop.price',
          cacheProfile('Shop.price', (_id: number) => pass(ms)),
        )
        const order = timeit(
          'Shop.order',
          profile('Shop.order', (id: number) => {
            if (id === 0) burn(20)
            price(id % 7)
          }),
        )
        for (let i = 0; i < 100; i++) order(i)
      },
      { run: `takes-${ms}` },
    )
  writeFileSync(log, `starting\n${shop(20)}`)
  writeFileSync(join(folder, 'after.log'), shop(2))
})

function perf(args: string[], input = ''): SpawnSyncReturns<string> {
  return spawnSync(process.execPath, [cli, 'perf', ...args], {
    encoding: 'utf8',
    input,
  })
}

describe('ruddle perf', () => {
  test('report says what to do, from a file or the standard input, as text or JSON', () => {
    const { status, stdout, stderr } = perf(['report', log])
    expect([status, stderr]).toEqual([0, ''])
    expect(stdout).toContain('1. `Shop.price` takes 100 % of all self time')
    expect(stdout).toContain('cache it. An LRU of 7 would hit 93 %')
    expect(perf(['report', '-'], readFileSync(log, 'utf8')).stdout).toBe(stdout)
    const { findings, functions } = JSON.parse(perf(['report', log, '--json']).stdout)
    expect(findings[0]).toMatchObject({ fn: 'Shop.price', verdicts: [{ kind: 'cache' }, { kind: 'slow' }] })
    expect(functions).toHaveLength(2)
  })

  test('report follows its options', () => {
    expect(perf(['report', log, '--slow-ms', '21']).stdout).not.toContain('slow per call')
    expect(perf(['report', log, '--share', '101', '--slow-ms', '0']).stdout).not.toContain('slow per call')
    const wrong = perf(['report', log, '--slow-ms', 'x'])
    expect([wrong.status, wrong.stdout]).toEqual([2, ''])
    expect(wrong.stderr).toContain('Expected a number from 0.')
  })

  test('cache draws curves', () => {
    expect(perf(['cache', log]).stdout).toMatch(/hits +0 % +0 % +0 % +93 %/)
    expect(perf(['cache', log, '--fn', 'nothing'])).toMatchObject({ status: 1 })
    expect(JSON.parse(perf(['cache', log, '--json']).stdout)[0]).toMatchObject({ fn: 'Shop.price', calls: 100 })
  })

  test('diff shows what a deploy changed', () => {
    const { status, stdout } = perf(['diff', log, join(folder, 'after.log')])
    expect(status).toBe(0)
    expect(stdout).toContain('A request took 20.0 ms of self time and takes 2.00 ms: 90 % less.')
    const both = ['diff', folder, folder, '--run-before', 'takes-2', '--run-after', 'takes-20', '--json']
    expect(JSON.parse(perf(both).stdout)).toMatchObject({ selfMs: { before: 2, after: 20 } })
  })

  test.each(['flame', 'speedscope', 'folded', 'dot'])('%s goes to the standard output', (name) => {
    const { status, stdout } = perf([name, log, '--timings'])
    expect(status).toBe(0)
    expect(stdout).toContain('Shop.price')
  })

  test('-o names a file instead; dot makes an SVG of one that is to be called so', () => {
    const [folded, svg] = [join(folder, 'stacks.txt'), join(folder, 'calls.svg')]
    expect(perf(['folded', log, '--timings', '-o', folded]).stdout).toBe(`${folded} written\n`)
    expect(readFileSync(folded, 'utf8')).toMatch(/^Shop\.order .*;Shop\.price .* 2000000\n/)
    perf(['dot', log, '-o', svg])
    expect(readFileSync(svg, 'utf8')).toContain('<svg')
  })

  test('CPU profiles are used where there are some', () => {
    expect(perf(['folded', log]).stdout).toMatch(/^Shop\.order/)
    const profile = JSON.parse(perf(['cpuprofile', log]).stdout)
    expect(Object.keys(profile)).toEqual(['nodes', 'startTime', 'endTime', 'samples', 'timeDeltas'])
    expect(perf(['cpuprofile', log, '--fn', 'nothing'])).toMatchObject({
      status: 1,
      stdout: '',
      stderr: 'ruddle perf: no complete CPU profile in these logs: put @profile on a handler\n',
    })
  })

  test('ends with 1 when there is nothing to read, and with 2 for wrong usage', () => {
    expect(perf(['report', '-'], 'a\nb\n')).toMatchObject({
      status: 1,
      stdout: '',
      stderr: 'ruddle perf: no profiling lines found (0 of 2 lines)\n',
    })
    expect(perf(['report', join(folder, 'nowhere')])).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('ENOENT'),
    })
    expect(perf(['report'])).toMatchObject({ status: 2 })
    expect(perf(['reports', log])).toMatchObject({ status: 2 })
  })
})

/** For a CPU profile there must be work. */
function burn(ms: number): number {
  const end = performance.now() + ms
  let x = 0
  do for (let i = 0; i < 1_000; i++) x += Math.sqrt(x + i)
  while (performance.now() < end)
  return x
}
