import { Session } from 'node:inspector'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test, vi } from 'vitest'
import { analyse } from '../../src/profiling/analyse/index.ts'
import { type CpuProfile, CpuProfiler } from '../../src/profiling/cpu-profiler.ts'
import type { CpuLine } from '../../src/profiling/index.ts'
import { cutProfile, packProfile, topOf } from '../../src/profiling/packed-profile.ts'
import { type Recording, record } from './recording.ts'

// The real profiler of V8, so the clock is the real one as well.
const real = { now: () => performance.now() }

function burnForProfile(ms: number): number {
  const end = performance.now() + ms
  let x = 0
  do {
    for (let i = 0; i < 20_000; i++) x += Math.sqrt(x + i)
    if (x % 7 === 0) x += JSON.stringify([x, [3, 1, 2].sort(), /a+/.test('aab')]).length
  } while (performance.now() < end)
  return x
}

function cpuLines({ lines }: Recording): CpuLine[] {
  return lines().flatMap((line) => (line.k === 'cpu' ? [line] : []))
}

describe('profile', () => {
  test('writes a CPU profile of a call, which names the place where the time went', async () => {
    const recording = record(real)
    const handler = recording.profile('handler', async (ms: number) => {
      await sleep(1)
      return burnForProfile(ms)
    })
    expect(await handler(60)).toBeGreaterThan(0)
    const [line] = cpuLines(recording)
    expect(line).toMatchObject({ fn: 'handler', i: 0, p: 0, overlap: 0 })
    expect(line!.ms).toBeGreaterThan(60)
    // not the name: V8 counts a function that was inlined before the first profile as its caller
    expect(line!.top?.[0]?.[1]).toMatch(/^test\/profiling\/profile\.test\.ts:\d+$/)
    expect(line!.top?.[0]?.[2]).toBeGreaterThan(30)
    const { profiles } = await analyse([recording.written.map((line) => `${line}\n`)])
    const [{ profile } = {}] = profiles
    expect(profile?.nodes.some(({ callFrame }) => callFrame.url.endsWith('profile.test.ts'))).toBe(true)
    expect(profile?.samples.length).toBe(profile?.timeDeltas.length)
  })

  test('profiles one call a minute and function, so many a process', () => {
    const recording = record()
    const { profile, pass } = recording
    const a = profile({ name: 'a', max: 3 })(() => 1)
    const b = profile({ name: 'b', max: 3 })(() => 2)
    expect([a(), a(), b()]).toEqual([1, 1, 2])
    pass(59_999)
    a()
    pass(1)
    a()
    b()
    pass(60_000)
    a()
    expect(cpuLines(recording).map(({ fn, p, i }) => [fn, p, i])).toEqual([
      ['a', 0, 0],
      ['b', 1, 0],
      ['a', 2, 0],
    ])
  })

  test('profiles one call at a time, and counts the others and those due but passed over', async () => {
    const recording = record(real)
    const { profile, lines } = recording
    const wait = profile({ name: 'wait', everyMs: 0 })((ms: number) => sleep(ms))
    await Promise.all([wait(20), wait(5), wait(5)])
    expect(cpuLines(recording)).toMatchObject([{ fn: 'wait', overlap: 2 }])
    expect(lines().find((line) => line.k === 'process')).toMatchObject({ skipped: 2 })
  })

  test('counts the calls that were in flight before', async () => {
    const recording = record(real)
    const early = recording.profile({ name: 'early', max: 0 })((ms: number) => sleep(ms))
    const late = recording.profile({ name: 'late' })((ms: number) => sleep(ms))
    const before = [early(20), early(20)]
    await late(1)
    await Promise.all(before)
    expect(cpuLines(recording)).toMatchObject([{ fn: 'late', overlap: 2 }])
  })

  test('throws the profile of a quick call away, and waits a second before the next', () => {
    const recording = record()
    const { profile, pass } = recording
    const work = profile({ name: 'work', slowerThanMs: 50 })((ms: number) => pass(ms))
    work(10)
    work(100) // too early
    pass(1_000)
    work(60)
    expect(cpuLines(recording).map(({ ms }) => ms)).toEqual([60])
  })

  test('does not count what V8 took to start and to stop', () => {
    const recording = record()
    const { post } = Session.prototype
    const spy = vi.spyOn(Session.prototype, 'post').mockImplementation(function (this: Session, ...args: unknown[]) {
      if (args[0] === 'Profiler.start' || args[0] === 'Profiler.stop') recording.pass(500)
      Reflect.apply(post, this, args)
    })
    recording.profile({ name: 'work' })((ms: number) => recording.pass(ms))(10)
    spy.mockRestore()
    expect(cpuLines(recording).map(({ ms }) => ms)).toEqual([10])
  })

  test('ends a profile that gets too long, and says so', async () => {
    const recording = record(real)
    const slow = recording.profile({ name: 'slow', maxMs: 10 })((ms: number) => sleep(ms))
    await slow(60)
    const [line] = cpuLines(recording)
    expect(line).toMatchObject({ cut: true })
    expect(line!.ms).toBeGreaterThan(50)
  })

  test('passes errors on, synchronous and asynchronous', async () => {
    const recording = record()
    const error = new Error('no')
    const sync = recording.profile('sync', () => {
      throw error
    })
    const later = recording.profile('later', () => Promise.reject(error))
    expect(sync).toThrow(error)
    await expect(later()).rejects.toBe(error)
    expect(cpuLines(recording)).toHaveLength(2)
  })

  test('records side by side with another profiler of the process', () => {
    const [one, other] = [record(), record()]
    const inner = other.profile('inner', () => 1)
    expect(one.profile('outer', () => inner())()).toBe(1)
    expect([cpuLines(one).length, cpuLines(other).length]).toEqual([1, 1])
  })

  test('refuses wrong options', () => {
    const { profile } = record()
    expect(() => profile({ intervalUs: 5 })).toThrow('Expected `intervalUs` to be an integer from 50 to 1000000, got 5')
    expect(() => profile({ every: 5 } as object)).toThrow(/^Expected options among .* got `every`$/)
  })
})

describe('the pieces of a profile', () => {
  const cpu = new CpuProfiler()
  let taken: CpuProfile | undefined
  for (let ms = 120; taken === undefined || taken.samples!.length < 500; ms *= 2) {
    cpu.start(100) // on a busy machine fewer samples are taken in a time, too few to be cut
    burnForProfile(ms)
    taken = cpu.stop()!
  }
  cpu.close()
  const about = { fn: 'f', at: 'a:1', p: 0, ms: 100, overlap: 0 }

  test.each([700, 1_000, 7_500])('are at most %i bytes and put together again give the profile', async (maxBytes) => {
    const packed = packProfile(taken, 100)
    const pieces = cutProfile(packed, about, maxBytes)
    for (const piece of pieces) expect(Buffer.byteLength(JSON.stringify(piece))).toBeLessThanOrEqual(maxBytes)
    expect(pieces.length > 1).toBe(maxBytes <= 1_000)
    const head = { v: 1, id: '0123456789abcdef', tid: 0, t0: 0, t1: 1 }
    const lines = pieces.map((piece, q) => `${JSON.stringify({ perf: { ...head, q, ...piece } })}\n`)
    const [{ profile } = {}] = (await analyse([lines.reverse()])).profiles
    expect(profile?.nodes.length).toBe(taken.nodes.length)
    const names = (
      profile: { nodes: readonly { id: number; callFrame: { functionName: string } }[] },
      ids: readonly number[],
    ) => ids.map((id) => profile.nodes.find((node) => node.id === id)?.callFrame.functionName)
    expect(names(profile!, profile!.samples.slice(0, 200))).toEqual(names(taken, taken.samples!.slice(0, 200)))
    // times are kept to a tenth of the interval, and errors do not add up
    const whole = (deltas: readonly number[]) => deltas.reduce((sum, us) => sum + us, 0)
    expect(Math.abs(whole(profile!.timeDeltas) - whole(taken.timeDeltas!))).toBeLessThanOrEqual(10)
  })

  test('of which one is lost or damaged still give the summary', async () => {
    const pieces = cutProfile(packProfile(taken, 100), about, 1_000)
    const head = { v: 1, id: '0123456789abcdef', tid: 0, t0: 0, t1: 1 }
    const whole = pieces.map((piece, q) => ({ perf: { ...head, q, ...piece } }))
    const lost = whole.toSpliced(1, 1)
    const damaged = whole.with(1, { perf: { ...whole[1]!.perf, d: whole[1]!.perf.d.replace(/./, '!') } })
    for (const lines of [lost, damaged]) {
      const { profiles } = await analyse([lines.map((line) => `${JSON.stringify(line)}\n`)])
      expect(profiles).toMatchObject([{ fn: 'f', profile: undefined }])
      expect(profiles[0]?.top).toEqual(whole[0]?.perf.top)
    }
  })

  test('begin with the functions that took most time', () => {
    const at = { url: 'file:///app/shop.js', columnNumber: 0 }
    const callFrame = (functionName: string, lineNumber: number) => ({ ...at, functionName, lineNumber })
    const known: CpuProfile = {
      nodes: [
        { id: 1, callFrame: { ...callFrame('(root)', 0), url: '' }, children: [2, 4] },
        { id: 2, callFrame: callFrame('quick', 9), children: [3] },
        { id: 3, callFrame: callFrame('slow', 19) },
        { id: 4, callFrame: callFrame('slow', 19) },
      ],
      startTime: 0,
      endTime: 100_000,
      samples: [2, 3, 4, 2],
      timeDeltas: [0, 30_000, 50_000, 20_000], // each sample lasts until the next one
    }
    expect(topOf(packProfile(known, 100))).toEqual([
      ['slow', expect.stringMatching(/shop\.js:20$/), 70],
      ['quick', expect.stringMatching(/shop\.js:10$/), 30],
    ])
  })
})
