import { onTestFinished } from 'vitest'
import type { PerfLine } from '../../src/profiling/index.ts'
import { createProfiler, type Profiler, type ProfilerOptions } from '../../src/profiling/index.ts'

/** A profiler whose clock is moved by hand and whose lines are kept. */
export interface Recording extends Profiler {
  /** Lets time pass. */
  pass(ms: number): void
  /** Everything written so far, after a flush. */
  lines(): PerfLine[]
  /** The one line about a function. */
  line<K extends PerfLine['k']>(kind: K, fn: string): Extract<PerfLine, { k: K }>
  readonly written: string[]
}

/** Closed when the test is over. */
export function record(options: ProfilerOptions = {}): Recording {
  const recording = openRecording(options)
  onTestFinished(() => recording.close())
  return recording
}

export function openRecording(options: ProfilerOptions = {}): Recording {
  let time = 1_000
  const written: string[] = []
  const profiler = createProfiler({
    sink: (line) => written.push(line),
    flushMs: 3_600_000,
    now: () => time,
    ...options,
  })
  const lines = (): PerfLine[] => {
    profiler.flush()
    return written.map((line) => (JSON.parse(line) as { perf: PerfLine }).perf)
  }
  return {
    ...profiler,
    written,
    pass(ms) {
      time += ms
    },
    lines,
    line(kind, fn) {
      const found = lines().filter((line) => line.k === kind && 'fn' in line && line.fn === fn)
      if (found.length !== 1) throw new Error(`Expected one ${kind} line of ${fn}, got ${found.length}`)
      return found[0] as Extract<PerfLine, { k: typeof kind }>
    },
  }
}

/** A promise that is settled from outside. */
export function deferred<T>(): { promise: Promise<T>; resolve(value: T): void; reject(error: unknown): void } {
  let resolve: (value: T) => void = () => {}
  let reject: (error: unknown) => void = () => {}
  const promise = new Promise<T>((yes, no) => {
    resolve = yes
    reject = no
  })
  return { promise, resolve, reject }
}
