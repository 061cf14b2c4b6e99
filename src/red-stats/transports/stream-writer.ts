import type { Writable } from 'node:stream'

/** Unsent bytes above which a connection is no longer written to, until they are sent. */
const maxUnsent = 65_536
/** Answers are written also to who does not read; nobody honest leaves this many bytes of them unread. */
const maxUnsentAnswers = 262_144

export interface StreamWriter {
  /** False when too much is unsent. */
  write(bytes: Buffer): boolean
  /** Writes an answer to the client. Returns false when so much is unsent that the connection should be ended. */
  answer(bytes: Buffer | string): boolean
  unsent(): number
  /** From now on nothing is written. */
  stop(): void
}

/** Writes to a socket or a response; `ready` is called when what was unsent is sent. */
export function createStreamWriter(stream: Writable, ready: () => void): StreamWriter {
  let stopped = false
  stream.on('drain', ready)
  return {
    write: (bytes) => {
      if (stopped) return true
      stream.write(bytes)
      return stream.writableLength <= maxUnsent
    },
    answer: (bytes) => {
      if (stopped) return true
      stream.write(bytes)
      return stream.writableLength <= maxUnsentAnswers
    },
    unsent: () => stream.writableLength,
    stop: () => {
      stopped = true
    },
  }
}
