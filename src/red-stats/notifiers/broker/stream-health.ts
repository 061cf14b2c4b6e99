import type { NotifierHealth } from '../../notifier.ts'

/** What a notifier knows of its broker from how its own publishing and reading go. */
export interface StreamHealth {
  /** The broker took events up to this position. */
  published(seq: number): void
  /** The reader has everything up to this position. */
  read(seq: number): void
  /** Whether publishing, or reading, worked the last time. */
  works(what: 'publishing' | 'reading', does: boolean): void
  /** Another epoch: positions begin anew. */
  reset(): void
  snapshot(): NotifierHealth
}

export function createStreamHealth(now: () => number = () => performance.now()): StreamHealth {
  const working = { publishing: true, reading: true }
  let newest = 0
  let behind: { readonly seq: number; readonly since: number } | undefined

  return {
    published: (seq) => {
      newest = Math.max(newest, seq)
      working.publishing = true
      behind ??= { seq, since: now() }
    },
    read: (seq) => {
      working.reading = true
      if (behind === undefined || seq < behind.seq) return
      behind = newest > seq ? { seq: newest, since: now() } : undefined
    },
    works: (what, does) => {
      working[what] = does
    },
    reset: () => {
      newest = 0
      behind = undefined
    },
    snapshot: () => ({
      state: working.publishing && working.reading ? 'up' : working.publishing || working.reading ? 'degraded' : 'down',
      lagMs: behind === undefined ? 0 : now() - behind.since,
      spooled: 0,
      dropped: 0,
    }),
  }
}
