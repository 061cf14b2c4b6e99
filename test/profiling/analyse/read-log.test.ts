import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import { analyse } from '../../../src/profiling/analyse/index.ts'
import { parseLine } from '../../../src/profiling/analyse/parse-line.ts'
import type { PackedProfile } from '../../../src/profiling/log-line.ts'
import { cutProfile } from '../../../src/profiling/packed-profile.ts'
import { line, logOf } from './lines.ts'

const folder = mkdtempSync(join(tmpdir(), 'ruddle-logs-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const log = logOf(({ timeit, pass, flush }) => {
  const work = timeit('work', (ms: number) => pass(ms))
  for (let i = 1; i <= 3; i++) {
    work(i)
    flush()
  }
})
const lines = log.trimEnd().split('\n')

async function callsIn(...texts: (string | Uint8Array)[]): Promise<number> {
  const { functions } = await analyse([texts])
  return functions.reduce((sum, { calls }) => sum + calls, 0)
}

describe('profiling lines are found', () => {
  const wrappings: Record<string, (line: string) => string> = {
    'as they are': (line) => line,
    'behind a date and a pod': (line) => `2026-01-01T10:00:00.123Z stdout F web-7f {app} ${line}`,
    'behind the name of a container': (line) => `web-1  | ${line}`,
    'in the JSON of Docker': (line) =>
      JSON.stringify({ log: `${line}\n`, stream: 'stdout', time: '2026-01-01T10:00:00Z' }),
    'in the JSON of a collector around that of Docker': (line) =>
      JSON.stringify({ kubernetes: { pod: 'web' }, message: JSON.stringify({ log: `${line}\n` }) }),
    'parsed into a field': (line) => JSON.stringify({ severity: 'INFO', jsonPayload: JSON.parse(line) }),
    'with spaces, as other writers put them': (line) =>
      JSON.stringify(JSON.parse(line), undefined, 1).replaceAll('\n', ' '),
    'with text behind': (line) => `${line} (end)`,
  }
  test.each(Object.entries(wrappings))('%s', async (_name, wrap) => {
    const text = lines
      .flatMap((line) => ['GET / 200', wrap(line), '{"perf":"none"}', '{ not json "perf"', ''])
      .join('\n')
    expect(await callsIn(text)).toBe(3)
  })

  test('with Windows line ends, and without one at the end', async () => {
    expect(await callsIn(lines.join('\r\n'))).toBe(3)
  })

  test('wherever the pieces of a stream are cut', async () => {
    const bytes = Buffer.from(`first\n${log}last`)
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(bytes.length), { maxLength: 20 }), async (cuts) => {
        const places = [0, ...cuts.sort((a, b) => a - b), bytes.length]
        const pieces = places.slice(1).map((to, i) => bytes.subarray(places[i], to))
        const { functions, log: health } = await analyse([pieces])
        expect(functions[0]?.calls).toBe(3)
        expect(health.lines).toBe(lines.length + 2)
      }),
      { numRuns: 50 },
    )
  })

  test('in files, folders and what gzip made of them', async () => {
    mkdirSync(join(folder, 'logs/old'), { recursive: true })
    writeFileSync(join(folder, 'logs/a.log'), lines.slice(0, 2).join('\n'))
    writeFileSync(
      join(folder, 'logs/old/b.log.gz'),
      Buffer.concat([gzipSync(`${lines[2]}\n`), gzipSync(`${lines.slice(3).join('\n')}\n`)]),
    )
    const { functions, log } = await analyse([join(folder, 'logs')])
    expect(functions[0]?.calls).toBe(3)
    expect(log).toMatchObject({ perfLines: 6, lost: 0, processes: 1 })
  })

  test('in a damaged file as far as it goes', async () => {
    const whole = gzipSync(`${log}${'x'.repeat(1_000)}\n`)
    writeFileSync(join(folder, 'cut.gz'), whole.subarray(0, whole.length - 20))
    const { functions, log: health } = await analyse([join(folder, 'cut.gz'), [lines[0]!]])
    expect(functions[0]?.calls).toBeGreaterThan(0)
    expect(health.damaged).toEqual([join(folder, 'cut.gz')])
  })

  test('behind a line that is too long to be one', async () => {
    expect(await callsIn('x'.repeat(5 << 20), 'y'.repeat(5 << 20), `\n${log}`)).toBe(3)
  })
})

describe('lines', () => {
  test('that come twice are counted once, those that are missing are noticed', async () => {
    const shuffled = [5, 0, 3, 2, 2, 0].map((i) => lines[i]!).join('\n')
    const { functions, log } = await analyse([[shuffled]])
    expect(log).toMatchObject({ doubled: 2, lost: 2, perfLines: 6 })
    expect(functions[0]?.calls).toBe(2)
  })

  test('of several processes and deploys are told apart', async () => {
    const other = logOf(({ timeit }) => void timeit('work', () => 1)(), { run: 'r2' })
    const both = await analyse([[log], [other]])
    expect(both.log).toMatchObject({ processes: 2, runs: ['r2'], lost: 0 })
    expect(both.functions.reduce((sum, { calls }) => sum + calls, 0)).toBe(4)
    const one = await analyse([[log + other]], { run: 'r2' })
    expect(one.functions.map(({ calls }) => calls)).toEqual([1])
  })

  test('that are none of ours are an error with their number', async () => {
    await expect(analyse([['a\nb\n']])).rejects.toMatchObject({
      code: 'NO_LINES',
      message: 'no profiling lines found (0 of 2 lines)',
    })
    await expect(analyse([[log]], { run: 'r9' })).rejects.toMatchObject({ code: 'NO_LINES' })
    await expect(analyse([join(folder, 'nowhere')])).rejects.toMatchObject({ code: 'ENOENT' })
  })

  test('in another form or version are counted and skipped', async () => {
    const future = line({ k: 'timeit' }).replace('"v":1', '"v":2')
    const { log: health } = await analyse([[log, future, line({ k: 'timeit', n: -1 })]])
    expect(health).toMatchObject({ invalid: 2, perfLines: 6 })
  })

  test('of a time that no date can name have another form', async () => {
    const { log: health } = await analyse([
      [log, line({ k: 'timeit', t1: 8.64e15 + 2 }), line({ k: 'slow', t0: 9e15 })],
    ])
    expect(health).toMatchObject({ invalid: 2, perfLines: 6 })
  })

  test('of the first moment of all are lines like others', async () => {
    const { functions, log: health } = await analyse([[line({ k: 'timeit', t0: 0, t1: 0 })]])
    expect([functions.length, health.from, health.to]).toEqual([1, 0, 0])
  })

  test('with a profile deeper than a stack can be, or of endless time, say that it is damaged', async () => {
    const chain = Array.from({ length: 20_000 }, (_, i): PackedProfile['nodes'][number] => [i - 1, 0, 0, 0, 0])
    const whole: PackedProfile = { strings: ['f'], nodes: chain, samples: [0, 1], deltas: [0, 1], unitUs: 1 }
    for (const packed of [whole, { ...whole, nodes: chain.slice(0, 9), deltas: [1e308, 1e308, 1e308] }]) {
      const [piece] = cutProfile(packed, { fn: 'f', at: '', p: 0, ms: 1, overlap: 0 }, 1_000_000)
      const { profiles } = await analyse([[line({ ...piece!, top: [] })]])
      expect(profiles).toMatchObject([{ fn: 'f', profile: undefined }])
    }
  })

  test('of any content never break the reader', async () => {
    const template = JSON.parse(lines[0]!).perf
    const strange = fc.record(
      Object.fromEntries(
        Object.keys(template).map((key) => [key, fc.oneof(fc.constant(template[key]), fc.jsonValue())]),
      ),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(strange, { maxLength: 5 }), async (values) => {
        const text = values.map((perf) => `${JSON.stringify({ perf })}\n`).join('')
        const { functions } = await analyse([[text, log]])
        for (const { selfMs, p99 } of functions) expect([selfMs, p99].every(Number.isFinite)).toBe(true)
        for (const value of values) expect([undefined, value]).toContain(parseLine(value))
      }),
      { numRuns: 200 },
    )
  })
})

test('progress is told, and a signal ends the reading', async () => {
  writeFileSync(join(folder, 'p.log'), log)
  const seen: unknown[] = []
  await analyse([join(folder, 'p.log')], { onProgress: (bytes, total) => seen.push([bytes, total]) })
  expect(seen).toEqual([[log.length, log.length]])
  await expect(analyse([[log]], { signal: AbortSignal.abort(new Error('enough')) })).rejects.toThrow('enough')
})

test('40 MB of other lines are read with a small heap', () => {
  const file = join(folder, 'large.log')
  const noise = `${JSON.stringify({ level: 30, msg: 'request', url: '/performance', took: 5 })}\n`.repeat(10_000)
  writeFileSync(file, `${log}${noise.repeat(60)}`)
  const script = `
    import { analyse } from './src/profiling/analyse/index.ts'
    const { functions, log } = await analyse([${JSON.stringify(file)}])
    console.log(functions[0].calls, log.lines)`
  const output = execFileSync(
    'node',
    ['--max-old-space-size=64', '--import', 'tsx', '--input-type=module', '-e', script],
    { encoding: 'utf8' },
  )
  expect(output).toBe(`3 ${600_000 + lines.length}\n`)
})
