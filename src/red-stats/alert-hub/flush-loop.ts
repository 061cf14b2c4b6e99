export interface FlushLoop<Item> {
  /** Queues an item that is not queued. */
  push(item: Item): void
  readonly size: number
  close(): void
}

export interface FlushLoopOptions<Item> {
  /** Given the time of their turn, so that it need not read the clock again. */
  readonly serve: (items: readonly Item[], now: number) => void
  /** How many items are served at a time, between two looks at the clock. */
  readonly together?: number
  /** Told how long a slice took, in milliseconds, and whether the queue is empty after it. */
  readonly sliced?: (ms: number, done: boolean) => void
  /** Milliseconds after which a slice gives way to the event loop. */
  readonly sliceMs?: number
  /** Clock in milliseconds. */
  readonly now?: () => number
}

/**
 * Serves what is queued, in order, in slices between which the event loop does everything else: fan-out to 10,000
 * sockets takes 100 ms, and nobody else should have to wait that long.
 */
export function createFlushLoop<Item>(options: FlushLoopOptions<Item>): FlushLoop<Item> {
  const { serve, together = 8, sliced = () => {}, sliceMs = 4, now = performance.now.bind(performance) } = options
  let queue: Item[] = []
  let next = 0
  let scheduled: NodeJS.Immediate | undefined

  function slice(): void {
    scheduled = undefined
    const start = now()
    const last = queue.length // what is pushed meanwhile waits its turn
    for (let time = start; next < last && time - start < sliceMs; time = now()) {
      const items = queue.slice(next, Math.min(last, next + together))
      next += items.length
      serve(items, time)
    }
    if (next === queue.length) {
      queue = []
      next = 0
    } else if (next > 1024 && next * 2 > queue.length) {
      queue = queue.slice(next)
      next = 0
    }
    if (queue.length > 0) scheduled = setImmediate(slice)
    sliced(now() - start, queue.length === 0)
  }

  return {
    push: (item) => {
      queue.push(item)
      scheduled ??= setImmediate(slice)
    },
    get size() {
      return queue.length - next
    },
    close: () => {
      if (scheduled !== undefined) clearImmediate(scheduled)
      queue = []
      next = 0
    },
  }
}
