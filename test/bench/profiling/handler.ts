import { createHash } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import { median } from '../measure.ts'
import { createProfiler } from './built.ts'

/** The work of a request: always the same, of several kinds, about a second. */
function handle(rounds: number): number {
  let sum = 0
  for (let i = 0; i < rounds; i++) {
    sum += rows(i).length
    sum += sorted(i)
    sum += digest(i)
    sum += pattern(i)
    if (i % 50 === 0) sum += gzipSync(Buffer.alloc(200_000, 'abc')).length
  }
  return sum
}
const rows = (i: number) => JSON.stringify(Array.from({ length: 200 }, (_, j) => ({ id: i + j, name: `row ${j}` })))
const sorted = (i: number) => Array.from({ length: 300 }, (_, j) => Math.sin(j * 7919 + i)).sort((a, b) => a - b)[0]!
const digest = (i: number) => createHash('sha256').update(String(i).repeat(500)).digest()[0]!
const pattern = (i: number) => `user-${i}@example.com `.repeat(20).match(/[a-z]+-\d+@[a-z.]+/g)?.length ?? 0

/** How much a handler of about a second is slowed by being profiled, and the bytes of its profile in the log. */
export async function profiledHandler(): Promise<{ slowdown: number; bytes: number; ms: number }> {
  const lines: string[] = []
  const { profile } = createProfiler({ sink: (line) => lines.push(line) })
  let rounds = 1_000 // compiled before it is measured, and then fitted to a second
  for (let pass = 0; pass < 4; pass++) rounds = Math.round((rounds * 1_000) / timeOf(() => handle(rounds)))
  const profiled = profile({ name: 'handler', everyMs: 0, max: 1_000 })(handle)
  profiled(rounds)
  const ratios: number[] = []
  const bare: number[] = []
  for (let round = 0; round < 15; round++) {
    const without = timeOf(() => handle(rounds))
    ratios.push(timeOf(() => profiled(rounds)) / without) // of neighbours, so that slow drifts cancel out
    bare.push(without)
  }
  const sizes = new Map<number, number>()
  for (const line of lines) {
    const { perf } = JSON.parse(line)
    if (perf.k === 'cpu') sizes.set(perf.p, (sizes.get(perf.p) ?? 0) + Buffer.byteLength(line) + 1)
  }
  return { slowdown: median(ratios), bytes: median([...sizes.values()]), ms: median(bare) }
}

/** Milliseconds that a profile of nothing takes, by the MB of objects that live in the heap. */
export function emptyProfiles(): [megabytes: number, ms: number][] {
  const { profile } = createProfiler({ sink: () => {} })
  const nothing = profile({ name: 'nothing', everyMs: 0, max: 10_000 })(() => {})
  const living: object[] = []
  return [0, 1_000_000, 4_000_000].map((objects) => {
    while (living.length < objects) living.push({ id: living.length, name: `object ${living.length}` })
    globalThis.gc!()
    const times = Array.from({ length: 9 }, () => timeOf(nothing))
    return [process.memoryUsage().heapUsed / 1e6, median(times)]
  })
}

function timeOf(work: () => unknown): number {
  const start = performance.now()
  work()
  return performance.now() - start
}
