import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { analyse, diff, findings } from '../../src/profiling/analyse/index.ts'

const folder = mkdtempSync(join(tmpdir(), 'ruddle-story-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

// The example as a user runs it, against the built package: two deploys of a service, of which only the logs come back.
test('a service’s log names what is slow, called too often, to be cached and not to be, and what mending them saved', async () => {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--import', 'tsx', 'examples/profile-service/main.ts', folder, '40'],
    { encoding: 'utf8' },
  )
  expect([status, stderr]).toEqual([0, ''])

  const first = await analyse([join(folder, 'first.log')])
  const found = new Map(findings(first).map((finding) => [finding.fn, finding]))
  expect(Object.fromEntries([...found].map(([fn, { verdicts }]) => [fn, verdicts[0]?.kind]))).toMatchObject({
    'Invoice.render': 'slow',
    'Stock.load': 'called too often',
    'Prices.quote': 'cache',
    'Stock.left': 'do not cache',
  })
  expect(found.get('Stock.load')?.verdicts[0]).toMatchObject({ caller: 'Shop.order', callsPerCall: 15 })
  expect(found.get('Prices.quote')?.cache).toMatchObject({ calls: 160, changed: 0 })
  expect(found.get('Stock.left')?.cache).toMatchObject({ calls: 40, changed: 39 })
  expect(first.profiles[0]?.profile).toBeDefined()
  for (const fn of found.keys()) expect(stdout).toContain(`\`${fn}\` takes`)

  const second = await analyse([join(folder, 'mended.log')])
  expect([first.log.runs, second.log.runs]).toEqual([['first'], ['mended']])
  const { requests, selfMs, functions } = diff(first, second)
  expect(requests).toEqual({ before: 40, after: 40 })
  expect(selfMs.after).toBeLessThan(selfMs.before)
  const render = functions.find(({ fn }) => fn === 'Invoice.render')
  expect(render?.selfMs).toBeLessThan(0)
  expect(stdout).toMatch(/A request took .* of self time and takes .* less\./)

  // nothing of the orders is in a line of the profiler
  const lines = readFileSync(join(folder, 'first.log'), 'utf8')
    .split('\n')
    .filter((line) => line.includes('"perf"'))
  expect(lines.length).toBeGreaterThan(5)
  for (const line of lines) expect(line).not.toContain('example.com')
}, 60_000)
