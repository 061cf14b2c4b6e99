import { randomBytes } from 'node:crypto'
import { hostname } from 'node:os'
import { performance } from 'node:perf_hooks'
import { threadId } from 'node:worker_threads'
import { AsyncEdges } from './async-edges.ts'
import { createHashes, type Hashes } from './cache-profile.ts'
import type { CacheRow } from './cache-row.ts'
import { CallStack } from './call-stack.ts'
import { type PerfLine, roundMs, SCHEMA_VERSION } from './log-line.ts'
import type { ResolvedOptions } from './options.ts'
import { writeLine } from './sink.ts'
import { TimingRow } from './timing-row.ts'

/** A line without what the recorder adds: head and number. */
export type LineBody = PerfLine extends infer Line
  ? Line extends PerfLine
    ? Omit<Line, 'v' | 'id' | 'q' | 'tid' | 'run' | 't0' | 't1'>
    : never
  : never

/** Room for what stands around a body: the outer fields of the log line and the head. */
const ENVELOPE_BYTES = 500
const SLOW_EVERY_MS = 1_000

/** The state of one profiler: its rows, its clock, its log. */
export class Recorder {
  readonly id: string = randomBytes(8).toString('hex')
  readonly stack: CallStack = new CallStack()
  readonly cacheRows: Map<string, CacheRow> = new Map()
  enabled = true
  /** Enabled, without `asyncEdges`: one look for the hot path. */
  plain = true
  now: () => number
  asyncEdges: AsyncEdges | undefined
  options: ResolvedOptions
  hashes: Hashes
  /** Calls that `profile` passed over. */
  skipped = 0
  readonly #timingRows = new Map<string, TimingRow>()
  readonly #host = hostname()
  #origin: number
  #number = 0
  #dropped = 0
  #lost = 0
  #random = 0x9e3779b9
  #since = Date.now()
  #timer: NodeJS.Timeout | undefined
  #cpu = process.cpuUsage()
  #loop = performance.eventLoopUtilization()
  readonly #atExit = () => this.flush()
  readonly #lose = () => {
    this.#lost++
  }

  constructor(options: ResolvedOptions) {
    this.options = options
    this.now = options.now
    this.#follow()
    this.hashes = createHashes(options.salt ?? randomSalt())
    this.#origin = this.now()
  }

  /** Milliseconds since the profiler was made. */
  age(): number {
    return this.now() - this.#origin
  }

  timingRow(fn: string, at: string): TimingRow | undefined {
    return this.#row(this.#timingRows, fn, at, () => new TimingRow(fn, at))
  }

  cacheRow(fn: string, at: string, make: () => CacheRow): CacheRow | undefined {
    return this.#row(this.cacheRows, fn, at, make)
  }

  #row<Row>(rows: Map<string, Row>, fn: string, at: string, make: () => Row): Row | undefined {
    this.start()
    const key = `${fn}\n${at}`
    const row = rows.get(key)
    if (row !== undefined) return row
    if (this.#timingRows.size + this.cacheRows.size >= this.options.maxFunctions) {
      this.#dropped++
      return undefined
    }
    const made = make()
    rows.set(key, made)
    return made
  }

  /** How many calls to pass over after one that is timed, so that on average one in `mean` is. */
  stride(mean: number): number {
    // xorshift; a fixed stride was off 38-fold on a load that is periodic itself
    this.#random ^= this.#random << 13
    this.#random ^= this.#random >>> 17
    this.#random ^= this.#random << 5
    return Math.floor(((this.#random >>> 0) / 2 ** 32) * (2 * mean - 1))
  }

  slow(row: TimingRow, ms: number): void {
    const now = this.now()
    if (now - row.lastSlow < SLOW_EVERY_MS) {
      row.slowSkipped++
      return
    }
    this.write({ k: 'slow', fn: row.fn, at: row.at, ms: roundMs(ms), skipped: row.slowSkipped }, Date.now() - ms)
    row.lastSlow = now
    row.slowSkipped = 0
  }

  /** Starts to flush: when something is recorded for the first time, so that an unused profiler costs nothing. */
  start(): void {
    if (this.#timer !== undefined) return
    this.#timer = setInterval(() => this.flush(), this.options.flushMs)
    this.#timer.unref()
    process.on('exit', this.#atExit)
  }

  stop(): void {
    clearInterval(this.#timer)
    this.#timer = undefined
    process.off('exit', this.#atExit)
  }

  #follow(): void {
    const { enabled, asyncEdges } = this.options
    this.enabled = enabled
    this.plain = enabled && !asyncEdges
    if (asyncEdges === (this.asyncEdges !== undefined)) return
    this.asyncEdges?.close()
    this.asyncEdges = asyncEdges ? new AsyncEdges() : undefined
  }

  close(): void {
    this.flush()
    this.configure({ ...this.options, enabled: false, asyncEdges: false })
    this.stop()
  }

  configure(options: ResolvedOptions): void {
    const running = this.#timer !== undefined
    this.stop()
    if (options.salt !== this.options.salt) this.hashes = createHashes(options.salt ?? randomSalt())
    this.options = options
    this.#follow()
    if (options.now !== this.now) this.#origin = options.now()
    this.now = options.now
    if (running) this.start()
  }

  get bodyBytes(): number {
    return this.options.maxLineBytes - ENVELOPE_BYTES
  }

  /** What the next flush would write. */
  bodies(): LineBody[] {
    const lines: LineBody[] = []
    for (const row of this.#timingRows.values()) {
      if (!row.idle) lines.push(row.line(this.bodyBytes, this.asyncEdges !== undefined))
    }
    for (const row of this.cacheRows.values()) {
      if (!row.idle) lines.push(row.line(this.bodyBytes))
    }
    if (lines.length === 0 && this.#dropped + this.#lost + this.skipped === 0) return []
    const cpu = process.cpuUsage(this.#cpu)
    return [
      ...lines,
      {
        k: 'process',
        cpu: roundMs((cpu.user + cpu.system) / 1000),
        elu: roundMs(performance.eventLoopUtilization(this.#loop).utilization),
        rss: process.memoryUsage.rss(),
        dropped: this.#dropped,
        lost: this.#lost,
        skipped: this.skipped,
      },
    ]
  }

  flush(): void {
    const bodies = this.bodies()
    for (const row of this.#timingRows.values()) row.clear()
    for (const row of this.cacheRows.values()) row.clear()
    this.#dropped = this.#lost = this.skipped = 0
    this.#cpu = process.cpuUsage()
    this.#loop = performance.eventLoopUtilization()
    for (const body of bodies) this.write(body, this.#since)
    this.#since = Date.now()
  }

  /** The lines that `flush` would write. */
  snapshot(): PerfLine[] {
    return this.bodies().map((body, i) => this.#line(body, this.#since, this.#number + i))
  }

  #line(body: LineBody, since: number, number: number): PerfLine {
    const { run } = this.options
    const head = {
      v: SCHEMA_VERSION as typeof SCHEMA_VERSION,
      id: this.id,
      q: number,
      tid: threadId,
      ...(run !== undefined && { run }),
      t0: Math.floor(since),
      t1: Date.now(),
    }
    return { ...head, ...body }
  }

  write(body: LineBody, since: number): void {
    const perf = this.#line(body, since, this.#number++)
    const fields = { level: 30, time: perf.t1, pid: process.pid, hostname: this.#host, msg: 'perf', perf }
    writeLine(this.options.sink, fields, this.#lose)
  }
}

function randomSalt(): string {
  return randomBytes(16).toString('hex')
}
