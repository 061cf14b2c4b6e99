import type { FileResult } from './result.ts'

export interface UploadProgress {
  readonly uploaded: number
  readonly failed: number
  readonly skipped: number
  /** Bytes of files handed to the system so far; it goes back only when an attempt was in vain. */
  readonly bytes: number
  readonly durationMs: number
}

/** Adds up what happens and reports it, at most ten times a second. */
export interface Meter {
  sent(bytes: number): void
  finished(result: FileResult): void
  /** Reports the last state, whenever the one before was. */
  end(): void
}

const EVERY_MS = 100

export function meter(report: (progress: UploadProgress) => void): Meter {
  const counts = { uploaded: 0, failed: 0, skipped: 0 }
  const started = performance.now()
  let bytes = 0
  let next = started + EVERY_MS

  function reportNow(now: number): void {
    next = now + EVERY_MS
    report({ ...counts, bytes, durationMs: now - started })
  }

  function reportInTime(): void {
    const now = performance.now()
    if (now >= next) reportNow(now)
  }

  return {
    sent(more) {
      bytes += more
      reportInTime()
    },
    finished({ status }) {
      counts[status]++
      reportInTime()
    },
    end: () => reportNow(performance.now()),
  }
}
