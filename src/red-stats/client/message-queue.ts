/** Messages between a socket and a loop that takes them one by one. */
export interface MessageQueue<Message> {
  push(message: Message): void
  /** The next message; undefined after the end. Rejects with the error that ended it, once everything else was taken. */
  take(): Promise<Message | undefined>
  end(error?: Error): void
  readonly size: number
}

export function createMessageQueue<Message>(): MessageQueue<Message> {
  let messages: Message[] = []
  let next = 0
  let waiting: { resolve: (message: Message | undefined) => void; reject: (error: Error) => void }[] = []
  let ended: { error: Error | undefined } | undefined

  return {
    push: (message) => {
      if (ended !== undefined) return
      const taker = waiting.shift()
      if (taker === undefined) messages.push(message)
      else taker.resolve(message)
    },
    take: async () => {
      if (next < messages.length) {
        const message = messages[next++]
        if (next === messages.length || next > 1000) {
          messages = messages.slice(next)
          next = 0
        }
        return message
      }
      if (ended === undefined) return new Promise((resolve, reject) => waiting.push({ resolve, reject }))
      const { error } = ended
      ended = { error: undefined } // thrown once
      if (error !== undefined) throw error
      return undefined
    },
    end: (error) => {
      if (ended !== undefined) return
      ended = { error }
      const [first, ...others] = waiting
      waiting = []
      if (first !== undefined && error !== undefined) {
        ended = { error: undefined }
        first.reject(error)
      } else first?.resolve(undefined)
      for (const taker of others) taker.resolve(undefined)
    },
    get size() {
      return messages.length - next
    },
  }
}
