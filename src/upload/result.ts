import type { UploadErrorCode, UploadPhase } from './errors.ts'
import type { SkipReason } from './file-source.ts'
import type { UploadResponse } from './transport.ts'

/** What became of one file. */
export interface FileResult {
  /** Where the file is; with U+FFFD where its name is not UTF-8, see `rawPath`. */
  readonly path: string
  /** Path below the folder, with `/` on every system. */
  readonly relativePath: string
  /** The exact bytes of the path in base64, only if they are not UTF-8. */
  readonly rawPath?: string
  /** Bytes, as of the last attempt; 0 if the file was never opened. */
  readonly size: number
  /** By its first bytes; empty if the file was never read. */
  readonly contentType: string
  /** The idempotency key: the same for every attempt, and with a journal for every run, while size and mtime stay. */
  readonly key: string
  readonly status: 'uploaded' | 'failed' | 'skipped'
  /** How often it was sent, wholly or in part. */
  readonly attempts: number
  readonly durationMs: number
  /** The last answer of the server, its body as text. */
  readonly response?: UploadResponse
  /** Why it failed. */
  readonly error?: FileFailure
  /** Why it was skipped. */
  readonly reason?: SkipReason
}

export interface FileFailure {
  readonly code: UploadErrorCode | (string & {})
  readonly message: string
  /** Whether another run may succeed without a change of file, options or server. */
  readonly retryable: boolean
  readonly phase: UploadPhase
}

/** What became of all. */
export interface UploadSummary {
  readonly uploaded: number
  readonly failed: number
  readonly skipped: number
  /** Bytes of the files uploaded, without the framing. */
  readonly bytes: number
  readonly durationMs: number
  readonly bytesPerSecond: number
  /** How many files by reason of a skip or code of a failure. */
  readonly byReason: Readonly<Record<string, number>>
}

/** Counts results into a summary. */
export interface Tally {
  add(result: FileResult): void
  summary(durationMs: number): UploadSummary
}

export function tally(): Tally {
  const counts = { uploaded: 0, failed: 0, skipped: 0 }
  const byReason = new Map<string, number>()
  let bytes = 0
  return {
    add({ status, size, reason, error }) {
      counts[status]++
      if (status === 'uploaded') bytes += size
      const why = reason ?? error?.code
      if (why !== undefined) byReason.set(why, (byReason.get(why) ?? 0) + 1)
    },
    summary: (durationMs) => ({
      ...counts,
      bytes,
      durationMs,
      bytesPerSecond: durationMs > 0 ? (bytes * 1000) / durationMs : 0,
      byReason: Object.fromEntries(byReason),
    }),
  }
}
