import type { PerfLine } from '../log-line.ts'
import { findPerf } from './find-json.ts'
import { type LogSource, openLogs } from './log-source.ts'
import { parseLine } from './parse-line.ts'

export interface ReadOptions {
  /** Only lines of this deploy. */
  readonly run?: string
  /** Called for every megabyte or so; `total` is unknown for streams. */
  readonly onProgress?: (bytes: number, total: number | undefined) => void
  readonly signal?: AbortSignal
}

/** What was met in reading. */
export interface LogHealth {
  /** Lines of the log, and profiling lines among them. */
  lines: number
  perfLines: number
  /** Lines with `perf` that are no profiling lines of this version. */
  invalid: number
  /** Compressed files that end early or are damaged. */
  readonly damaged: string[]
}

const NEWLINE = 10
const MARKER = Buffer.from('perf')
const QUOTE = 0x22
const BACKSLASH = 0x5c
/** A longer line is none of ours. */
const MAX_LINE_BYTES = 4 << 20

/**
 * The profiling lines of logs, in the order of the logs. Only lines with `perf"` in them become text at all, so that
 * gigabytes of other lines cost a search through bytes.
 */
export async function* readLog(
  sources: readonly LogSource[],
  health: LogHealth,
  { run, onProgress = () => {}, signal }: ReadOptions = {},
): AsyncGenerator<PerfLine> {
  let bytes = 0
  const logs = openLogs(sources, (more, total) => {
    bytes += more
    onProgress(bytes, total)
  })
  for await (const { name, pieces } of logs) {
    try {
      for await (const line of markedLines(pieces, health)) {
        signal?.throwIfAborted()
        const perf = findPerf(line)
        const parsed = parseLine(perf)
        if (parsed === undefined) {
          if (perf !== undefined) health.invalid++
          continue
        }
        health.perfLines++
        if (run === undefined || parsed.run === run) yield parsed
      }
    } catch (error) {
      if (!isDamage(error)) throw error
      health.damaged.push(name)
    }
  }
}

async function* markedLines(pieces: AsyncIterable<Uint8Array>, health: LogHealth): AsyncGenerator<string> {
  let rest: Buffer = Buffer.alloc(0)
  let tooLong = false
  for await (const piece of pieces) {
    let fresh = Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength)
    if (tooLong) {
      const end = fresh.indexOf(NEWLINE)
      if (end < 0) continue
      fresh = fresh.subarray(end + 1)
      tooLong = false
    }
    const block = rest.length === 0 ? fresh : Buffer.concat([rest, fresh])
    const end = block.lastIndexOf(NEWLINE) + 1
    yield* linesOf(block.subarray(0, end), health)
    rest = block.subarray(end)
    if (rest.length > MAX_LINE_BYTES) {
      rest = Buffer.alloc(0)
      tooLong = true
      health.lines++
    }
  }
  if (rest.length > 0) {
    health.lines++
    yield* linesOf(rest, { ...health })
  }
}

function* linesOf(block: Buffer, health: LogHealth): Generator<string> {
  for (let i = 0; i < block.length; i++) if (block[i] === NEWLINE) health.lines++
  for (let at = block.indexOf(MARKER); at >= 0; ) {
    const next = block[at + MARKER.length]
    if (next !== QUOTE && next !== BACKSLASH) {
      at = block.indexOf(MARKER, at + MARKER.length)
      continue
    }
    const start = block.lastIndexOf(NEWLINE, at) + 1
    const newline = block.indexOf(NEWLINE, at)
    const end = newline < 0 ? block.length : newline
    yield block.toString('utf8', start, end)
    at = block.indexOf(MARKER, end)
  }
}

function isDamage(error: unknown): boolean {
  return error instanceof Error && 'code' in error && /^Z_/.test(String(error.code))
}
