import type { Session as InspectorSession } from 'node:inspector'

/** The part of V8's CPU profile that is used. */
export interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number
    readonly callFrame: {
      readonly functionName: string
      readonly url: string
      readonly lineNumber: number
      readonly columnNumber: number
    }
    readonly children?: readonly number[] | undefined
  }[]
  readonly startTime: number
  readonly endTime: number
  readonly samples?: readonly number[] | undefined
  readonly timeDeltas?: readonly number[] | undefined
}

/**
 * V8's sampling profiler, for one recording at a time: a second start in a session is ignored without a word, and then
 * the second stop fails.
 */
export class CpuProfiler {
  #session: InspectorSession | undefined
  running = false
  /** Calls of profiled functions now in flight, and those beside the one recorded. */
  inFlight = 0
  overlap = 0
  sent = 0

  /** False if this Node cannot or the profiler is taken. */
  start(intervalUs: number): boolean {
    if (this.running) return false
    try {
      this.#session ??= openSession()
      this.#session?.post('Profiler.setSamplingInterval', { interval: intervalUs })
      this.#session?.post('Profiler.start')
    } catch {
      return false
    }
    this.running = this.#session !== undefined
    this.overlap = this.inFlight - 1
    return this.running
  }

  stop(): CpuProfile | undefined {
    let profile: CpuProfile | undefined
    // within the process, the answer comes before post() returns
    this.#session?.post('Profiler.stop', (error, answer) => {
      if (error === null) profile = answer.profile
    })
    this.running = false
    return profile
  }

  close(): void {
    this.#session?.disconnect()
    this.#session = undefined
    this.running = false
  }
}

/** Loaded when it is needed: a Node built without the inspector must still load this module. */
function openSession(): InspectorSession | undefined {
  const inspector = process.getBuiltinModule('node:inspector')
  if (inspector === undefined) return undefined
  const session = new inspector.Session()
  session.connect()
  session.post('Profiler.enable')
  return session
}
