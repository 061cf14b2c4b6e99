import { randomUUID } from 'node:crypto'
import { waitAfterFailure } from './attempt.ts'
import { RedStatsError } from './errors.ts'
import type { RedEvent } from './event.ts'
import { type Cursor, type Gap, maxPublished, type Notifier, type Published } from './notifier.ts'

/** What the hub reads from and publishes to: a notifier that takes any number of events and may be away. */
export interface AlertStream extends Omit<Notifier, 'publish'> {
  /** Resolves when the events will reach every reader, or when they wait for the broker and reached the reader here. */
  publish(events: readonly RedEvent[]): Promise<unknown>
}

export interface SpoolOptions {
  /** Events that may wait for the broker; of more, the oldest are given up. */
  readonly maxSpooled: number
  readonly error: (error: unknown) => void
}

interface Waiting {
  readonly event: RedEvent
  /** Whether the reader here was already given it. */
  early: boolean
}

/** Milliseconds that closing waits for the broker to take what is left. */
const farewellMs = 2000

/**
 * Publishes one batch after the other, each until it is taken. While the broker is away what comes waits here, and the
 * reader of this instance is given it at once, marked `early`: its own clients need no broker. What does not fit is
 * given up, and the next batch tells every reader of a gap.
 */
export function withSpool(notifier: Notifier, { maxSpooled, error }: SpoolOptions): AlertStream {
  const publisher = randomUUID() // not the name of the instance, which a second one may have by mistake
  const stop = new AbortController()
  let queue: Waiting[] = []
  let batch: readonly Waiting[] = [] // under way: it keeps its number and content until it is taken
  let number = 0
  let afterLoss = false
  let dropped = 0
  let away = false
  let settled: (() => void)[] = [] // those who wait for the queue to be published, or for the broker to be away
  let running: Promise<void> | undefined
  let showEarly: ((events: readonly RedEvent[]) => void) | undefined

  async function run(): Promise<void> {
    let failures = 0
    while (!stop.signal.aborted) {
      if (batch.length === 0) {
        if (queue.length === 0) break
        batch = queue.splice(0, maxPublished)
        number++
      }
      try {
        const events = batch.map(({ event }) => event)
        await notifier.publish(events, { publisher, number, ...(afterLoss ? { afterLoss } : {}) })
        afterLoss = false
        batch = []
        failures = 0
        away = queue.length > 0 && away
      } catch (cause) {
        if (!away) error(cause)
        if (cause instanceof RedStatsError && cause.retryable) {
          goAway()
          await waitAfterFailure(failures++, stop.signal)
        } else if (cause instanceof RedStatsError && cause.code === 'CLOSED') break
        else giveUp(batch.length)
      }
      if (away) settle()
    }
    settle()
    running = undefined
  }

  function giveUp(count: number): void {
    dropped += count
    afterLoss = true
    batch = []
  }

  function settle(): void {
    const waiting = settled
    settled = []
    for (const resolve of waiting) resolve()
  }

  function goAway(): void {
    away = true
    const unseen = [...batch, ...queue].filter(({ early }) => !early)
    for (const waiting of unseen) waiting.early = true
    if (unseen.length > 0) showEarly?.(unseen.map(({ event }) => event))
  }

  async function publish(events: readonly RedEvent[]): Promise<void> {
    if (stop.signal.aborted) throw new RedStatsError('CLOSED', 'This RedStats was closed')
    for (const event of events) queue.push({ event, early: false })
    if (away) {
      goAway()
      const tooMany = queue.length - maxSpooled
      if (tooMany > 0) {
        queue = queue.slice(tooMany)
        dropped += tooMany
        afterLoss = true
      }
    }
    running ??= run()
    if (!away) await new Promise<void>((resolve) => settled.push(resolve))
  }

  async function* read(
    from: Cursor | 'tail',
    { signal }: { signal: AbortSignal },
  ): AsyncGenerator<readonly Published[] | Gap> {
    const arrived: (readonly Published[] | Gap)[] = []
    const early: RedEvent[] = []
    let place = { cursor: from, seq: 0 }
    let ended = false
    let failure: unknown
    let news = () => {}
    let room = () => {}

    async function pump(): Promise<void> {
      try {
        for await (const items of notifier.read(from, { signal })) {
          arrived.push(items)
          news()
          if (arrived.length >= 8)
            await new Promise<void>((resolve) => {
              room = resolve
            })
        }
      } catch (cause) {
        failure = cause
      }
      ended = true
      news()
    }

    showEarly = (events) => {
      early.push(...events)
      news()
    }
    void pump()
    try {
      while (!signal.aborted) {
        const items = arrived.shift()
        room()
        if (items !== undefined) {
          yield items
          const last = 'type' in items ? undefined : items.at(-1)
          place = 'type' in items ? { cursor: items.to, seq: place.seq } : (last ?? place)
        } else if (early.length > 0) {
          yield early
            .splice(0)
            .map((event): Published => ({ cursor: place.cursor, seq: place.seq, event, early: true }))
        } else if (failure !== undefined) throw failure
        else if (ended) return
        else
          await new Promise<void>((resolve) => {
            news = resolve
          })
      }
    } finally {
      showEarly = undefined
      room()
    }
  }

  return {
    kind: notifier.kind,
    guarantees: notifier.guarantees,
    start: () => notifier.start(),
    publish,
    read,
    ...(notifier.range && { range: notifier.range.bind(notifier) }),
    compare: (a, b) => notifier.compare(a, b),
    health: () => {
      const health = notifier.health()
      const spooled = away ? batch.length + queue.length : 0
      return { ...health, state: away && health.state === 'up' ? 'degraded' : health.state, spooled, dropped }
    },
    close: async () => {
      const timer = setTimeout(() => stop.abort(), farewellMs).unref()
      await running
      clearTimeout(timer)
      stop.abort()
      const left = batch.length + queue.length
      if (left > 0) {
        dropped += left
        error(
          new RedStatsError('UNAVAILABLE', `${left} events could not be published to other instances before closing`),
        )
      }
      await notifier.close()
    },
  }
}
