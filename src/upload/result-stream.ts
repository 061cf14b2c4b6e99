import type { FileResult } from './result.ts'

/** Hands results to one reader, as they come; whoever adds waits while the reader is behind. */
export interface ResultStream {
  /** A promise if the adder has to wait. Without a reader the result is let go. */
  add(result: FileResult): Promise<void> | undefined
  /** Nobody waits any longer, now and later. */
  letGo(): void
  end(error?: unknown): void
  read(onLeave: () => void): AsyncIterator<FileResult>
}

/** Results that may wait; with more the adders do. */
const ROOM = 8

export function resultStream(): ResultStream {
  const waiting: FileResult[] = []
  let reading = false
  let started = false
  let patient = true
  let ended: { error?: unknown } | undefined
  let wakeReader: (() => void) | undefined
  let wakeAdders: (() => void)[] = []

  function wakeAll(): void {
    for (const wake of wakeAdders) wake()
    wakeAdders = []
  }

  return {
    add(result) {
      started = true
      if (!reading) return undefined
      waiting.push(result)
      wakeReader?.()
      if (waiting.length <= ROOM || !patient) return undefined
      return new Promise((resolve) => wakeAdders.push(resolve))
    },
    letGo() {
      patient = false
      wakeAll()
    },
    end(error) {
      ended = error === undefined ? {} : { error }
      wakeReader?.()
    },
    read(onLeave) {
      if (reading) throw new TypeError('Expected the upload to be iterated once')
      if (started || ended) throw new TypeError('Expected the iteration to begin before the first result')
      reading = true
      return {
        async next() {
          while (waiting.length === 0 && !ended) {
            await new Promise<void>((resolve) => {
              wakeReader = resolve
            })
          }
          const value = waiting.shift()
          if (waiting.length <= ROOM) wakeAll()
          if (value) return { done: false, value }
          const error = ended?.error
          ended = {}
          if (error !== undefined) throw error
          return { done: true, value: undefined }
        },
        async return() {
          reading = false
          waiting.length = 0
          wakeAll()
          onLeave()
          return { done: true, value: undefined }
        },
      }
    },
  }
}
