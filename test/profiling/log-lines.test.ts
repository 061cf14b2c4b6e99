import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { Writable } from 'node:stream'
import { setImmediate } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import { build } from 'esbuild'
import pino from 'pino'
import { describe, expect, test } from 'vitest'
import { parseLine } from '../../src/profiling/analyse/parse-line.ts'
import { createProfiler, type PerfLine } from '../../src/profiling/index.ts'
import { record } from './recording.ts'

describe('a line', () => {
  test('is what pino writes, with everything of ours under perf', () => {
    const { timeit, lines, written } = record({ run: 'r7' })
    timeit('work', () => 1)()
    lines()
    const line = JSON.parse(written[0]!)
    expect(Object.keys(line)).toEqual(['level', 'time', 'pid', 'hostname', 'msg', 'perf'])
    expect(line).toMatchObject({ level: 30, pid: process.pid, msg: 'perf' })
    expect(line.perf).toMatchObject({ v: 1, q: 0, tid: 0, run: 'r7', k: 'timeit', fn: 'work' })
    expect(line.perf.id).toMatch(/^[0-9a-f]{16}$/)
    expect(line.perf.t1).toBeGreaterThanOrEqual(line.perf.t0)
    expect(Math.abs(line.time - Date.now())).toBeLessThan(60_000)
  })

  test('of every kind is understood by the reader', async () => {
    const { timeit, cacheProfile, profile, lines } = record()
    const work = timeit({ name: 'work', slowMs: 0 })(cacheProfile(profile(async (x: number) => x)))
    timeit('root', () => work(1))()
    await work(2)
    const all = lines()
    expect(new Set(all.map(({ k }) => k))).toEqual(new Set(['cpu', 'slow', 'timeit', 'cache', 'process']))
    for (const line of all) expect(parseLine(line)).toBe(line)
  })

  test('is numbered within its process, and covers what came since the one before', () => {
    const { timeit, lines } = record()
    const work = timeit('work', () => 1)
    work()
    lines()
    work()
    work()
    const all = lines()
    expect(all.map(({ q }) => q)).toEqual([0, 1, 2, 3])
    expect(all.flatMap((line) => (line.k === 'timeit' ? [line.n] : []))).toEqual([1, 2])
    expect(new Set(all.map(({ id }) => id)).size).toBe(1)
    expect(record().snapshot()).toEqual([])
  })

  test.each([2_000, 8_000])('has at most %i bytes, whatever it has to say', (maxLineBytes) => {
    const { timeit, cacheProfile, pass, lines, written } = record({ maxLineBytes })
    const name = '"€'.repeat(60)
    const callees = Array.from({ length: 60 }, (_, i) => timeit(`${i}${name}`, (ms: number) => pass(ms)))
    const root = timeit(
      `root ${name}`,
      cacheProfile(`root ${name}`, (ms: number) => callees.map((fn) => fn(ms))),
    )
    for (let i = 0; i < 1_500; i++) root(1.017 ** i * 0.0001)
    for (let i = 0; i < 6_000; i++) root(i % 2_500)
    const found = lines()
    for (const line of written) expect(Buffer.byteLength(line)).toBeLessThanOrEqual(maxLineBytes)
    const counted = (h: readonly number[]) => h.filter((_, i) => i % 2 === 1).reduce((a, b) => a + b, 0)
    const timed = found.find((line) => line.k === 'timeit' && line.fn.startsWith('root'))
    expect(timed).toMatchObject({ n: 7_500 })
    expect(counted((timed as Extract<PerfLine, { k: 'timeit' }>).h)).toBe(7_500)
    const cached = found.find((line) => line.k === 'cache') as Extract<PerfLine, { k: 'cache' }>
    expect(cached.near.filter((_, i) => i % 3 === 1).reduce((a, b) => a + b, 0) + cached.far[0]).toBe(7_500)
  })
})

describe('a sink', () => {
  test('may be a stream, pino or a console', () => {
    const texts: string[] = []
    const stream = new Writable({
      write(chunk, _encoding, done) {
        texts.push(String(chunk))
        done()
      },
    })
    const logs: unknown[][] = []
    const console_ = { log: (...args: unknown[]) => logs.push(args), info: () => expect.unreachable() }
    const sinks = [stream, pino(stream), console_]
    for (const [i, sink] of sinks.entries()) {
      const { timeit, close } = createProfiler({ sink })
      timeit(`f${i}`, () => 1)()
      close()
    }
    const names = texts.map((text) => {
      expect(text.endsWith('\n')).toBe(true)
      return JSON.parse(text).perf.fn
    })
    expect(names).toEqual(['f0', undefined, 'f1', undefined])
    expect(JSON.parse(texts[2]!)).toMatchObject({ level: 30, msg: 'perf', perf: { k: 'timeit', n: 1 } })
    expect(logs.map(([line]) => JSON.parse(String(line)).perf.fn)).toEqual(['f2', undefined])
  })

  test.each<[string, () => { sink: object; lost: number }]>([
    [
      'throws',
      () => ({
        sink: () => {
          throw new Error('no')
        },
        lost: 2,
      }),
    ],
    ['rejects', () => ({ sink: () => Promise.reject(new Error('no')), lost: 2 })],
    [
      'is a stream that breaks',
      () => ({
        sink: new Writable({
          write(_chunk, _encoding, done) {
            done(new Error('EPIPE'))
          },
        }),
        lost: 2,
      }),
    ],
    [
      'is a stream that nobody reads',
      () => {
        const sink = new Writable({ write() {}, highWaterMark: 1 })
        sink.write(Buffer.alloc(2 << 20))
        return { sink, lost: 2 }
      },
    ],
  ])('that %s changes no result, and what it did not take is counted', async (_name, make) => {
    const { sink, lost } = make()
    const { timeit, flush, snapshot } = createProfiler({ sink: sink as () => void })
    const work = timeit('work', (x: number) => x + 1)
    expect(work(1)).toBe(2)
    flush()
    await setImmediate()
    expect(work(2)).toBe(3)
    expect(snapshot().at(-1)).toMatchObject({ k: 'process', lost })
  })
})

describe('a process', () => {
  const run = (script: string, flags: string[] = []): string[] =>
    execFileSync('node', ['--import', 'tsx', ...flags, '--input-type=module', '-e', script], { encoding: 'utf8' })
      .split('\n')
      .filter(Boolean)

  test('writes to standard output, is not kept alive, and flushes when it ends', () => {
    const lines = run(`
      import { timeit } from './src/profiling/index.ts'
      timeit('work', () => 1)()`)
    expect(lines.map((line) => JSON.parse(line).perf.k)).toEqual(['timeit', 'process'])
  })

  test('flushes at process.exit() as well', () => {
    const lines = run(`
      import { timeit } from './src/profiling/index.ts'
      timeit('work', () => process.exit(0))()`)
    expect(JSON.parse(lines[0]!).perf).toMatchObject({ k: 'timeit', fn: 'work', n: 1, timed: 0 })
  })

  test('flushes on its own every so often', () => {
    const lines = run(`
      import { configure, timeit } from './src/profiling/index.ts'
      configure({ flushMs: 100 })
      timeit('work', () => 1)()
      setTimeout(() => process.kill(process.pid, 'SIGKILL'), 2000)
      const { write } = process.stdout
      process.stdout.write = function (...args) { write.apply(process.stdout, args); process.exitCode = 0; process.reallyExit(0) }`)
    expect(JSON.parse(lines[0]!).perf).toMatchObject({ fn: 'work', n: 1 })
  })

  test('that loads the module twice has one profiler', () => {
    const lines = run(`
      import { timeit } from './src/profiling/index.ts'
      const other = await import('./src/profiling/default-profiler.ts?again')
      if (other.timeit !== timeit) throw new Error('two')
      other.timeit('work', timeit(() => 1))()`)
    expect(lines).toHaveLength(2)
  })

  test('has one id for each of its threads', async () => {
    const { outputFiles } = await build({
      entryPoints: ['src/profiling/index.ts'],
      bundle: true,
      platform: 'node',
      format: 'cjs',
      write: false,
    })
    const work = `const { parentPort } = require('node:worker_threads')
      const worker = module.exports.createProfiler({ sink: (line) => parentPort.postMessage(line) })
      worker.timeit("work", () => 1)()
      worker.close()`
    const perf: PerfLine[] = []
    const workers = [0, 1].map(() => new Worker(outputFiles[0]!.text + work, { eval: true }))
    for (const worker of workers) worker.on('message', (line) => perf.push(JSON.parse(line).perf))
    await Promise.all(workers.map((worker) => once(worker, 'exit')))
    expect(perf.map(({ k }) => k).sort()).toEqual(['process', 'process', 'timeit', 'timeit'])
    expect(new Set(perf.map(({ tid }) => tid)).size).toBe(2)
    expect(new Set(perf.map(({ id }) => id)).size).toBe(2)
  })
})
