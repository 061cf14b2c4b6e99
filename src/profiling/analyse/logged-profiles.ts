import { crc32, gunzipSync } from 'node:zlib'
import type { CpuLine } from '../log-line.ts'
import { type CpuProfileFile, unpackProfile } from './unpack-profile.ts'

/** A CPU profile as found in a log. */
export interface LoggedProfile {
  readonly fn: string
  readonly at: string
  readonly run: string | undefined
  /** When the call began, since the epoch. */
  readonly start: number
  readonly ms: number
  /** Other calls of profiled functions in the same time. */
  readonly overlap: number
  /** The profile ends before the call did. */
  readonly cut: boolean
  /** The functions with most self time, from the first piece: there even if the others are lost. */
  readonly top: NonNullable<CpuLine['top']>
  /** Undefined if a piece is lost or damaged. */
  readonly profile: CpuProfileFile | undefined
}

const MAX_PIECES_BYTES = 64 << 20
const MAX_PROFILE_BYTES = 64 << 20
const MAX_PIECES = 100_000

interface Pieces {
  readonly first: CpuLine
  top: CpuLine['top']
  readonly data: (string | undefined)[]
}

/** Puts the pieces of profiles together. */
export class LoggedProfiles {
  readonly #pieces = new Map<string, Pieces>()
  #bytes = 0
  /** Pieces that were damaged or too many. */
  damaged = 0

  add(line: CpuLine): void {
    this.#bytes += line.d.length
    if (line.of > MAX_PIECES || line.i >= line.of || this.#bytes > MAX_PIECES_BYTES || crc32(line.d) !== line.crc) {
      this.damaged++
      return
    }
    const key = `${line.id} ${line.p}`
    let pieces = this.#pieces.get(key)
    if (pieces === undefined) {
      pieces = { first: line, top: undefined, data: [] }
      this.#pieces.set(key, pieces)
    }
    if (line.of !== pieces.first.of) {
      this.damaged++
      return
    }
    pieces.data[line.i] = line.d
    pieces.top ??= line.top
  }

  /** Slowest first. */
  list(): LoggedProfile[] {
    return [...this.#pieces.values()]
      .map(({ first, top = [], data }): LoggedProfile => {
        const { fn, at, run, t0, ms, overlap, cut = false, of } = first
        const whole = data.length === of && !Array.from(data).includes(undefined)
        return {
          fn,
          at,
          run,
          start: t0,
          ms,
          overlap,
          cut,
          top,
          profile: whole ? this.#decode(data.join('')) : undefined,
        }
      })
      .sort((a, b) => b.ms - a.ms || a.start - b.start || (a.fn < b.fn ? -1 : 1))
  }

  #decode(data: string): CpuProfileFile | undefined {
    try {
      const json = gunzipSync(Buffer.from(data, 'base64'), { maxOutputLength: MAX_PROFILE_BYTES })
      return unpackProfile(JSON.parse(json.toString()))
    } catch {
      this.damaged++
      return undefined
    }
  }
}
