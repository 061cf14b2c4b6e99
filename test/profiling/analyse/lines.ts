import type { PerfLine, ProfilerOptions } from '../../../src/profiling/index.ts'
import { openRecording, type Recording } from '../recording.ts'

/** The raw text of a log, as the server wrote it. */
export function logOf(work: (recording: Recording) => void, options: ProfilerOptions = {}): string {
  const recording = openRecording(options)
  work(recording)
  recording.close()
  return recording.written.map((line) => `${line}\n`).join('')
}

export async function logOfAsync(
  work: (recording: Recording) => Promise<void>,
  options: ProfilerOptions = {},
): Promise<string> {
  const recording = openRecording(options)
  await work(recording)
  recording.close()
  return recording.written.map((line) => `${line}\n`).join('')
}

let number = 0

type Fields<K extends PerfLine['k']> = { k: K } & Partial<Extract<PerfLine, { k: K }>>

/** A line made by hand. */
export function line<K extends PerfLine['k']>(fields: Fields<K>): string {
  return `${JSON.stringify({ level: 30, msg: 'perf', perf: perfOf(fields) })}\n`
}

/** What such a line says. */
export function perfOf<K extends PerfLine['k']>(fields: Fields<K>): object {
  const timeit = {
    n: 1,
    outer: 1,
    timed: 1,
    err: 0,
    async: 0,
    sum: 1,
    self: 1,
    sync: 0,
    min: 1,
    max: 1,
    flight: [0, 0],
    hb: 5,
    h: [448, 1],
  }
  const defaults = fields.k === 'timeit' ? timeit : {}
  const head = { v: 1, id: '0123456789abcdef', q: number++, tid: 0, t0: 1_000, t1: 2_000, fn: 'f', at: 'f.ts:1' }
  return { ...head, ...defaults, ...fields }
}
