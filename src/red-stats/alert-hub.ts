import { setTimeout as delay } from 'node:timers/promises'
import { type AlertMetrics, createAlertMetrics } from './alert-hub/alert-metrics.ts'
import { createAudience } from './alert-hub/audience.ts'
import { createEventRing, isGap, type StreamItem } from './alert-hub/event-ring.ts'
import { createFrames, type Encode, type Frames } from './alert-hub/frames.ts'
import { getOrCreate } from './alert-hub/get-or-create.ts'
import { frameOutlet, listenerOutlet } from './alert-hub/outlet.ts'
import type { Receiver } from './alert-hub/receiver.ts'
import { createReceivers } from './alert-hub/receivers.ts'
import { createRecentIds } from './alert-hub/recent-ids.ts'
import { createResume } from './alert-hub/resume.ts'
import type { RedEvent } from './event.ts'
import type { Gap, Published } from './notifier.ts'
import type { AlertStream } from './spool.ts'

/** An event with more red than a subscriber asked for. */
export type Alert = Published

export interface AlertHubEvents {
  alert(alert: Alert, subscribers: number): void
  /** Whether anyone listens to `alert`; counting subscribers is not free. */
  hasAlertListener(): boolean
  gap(gap: Gap): void
  error(error: unknown): void
}

export interface AlertHubOptions {
  /** Events that are remembered for those who come back or are slow. Default 65,536. */
  readonly capacity?: number
  /** Milliseconds after which a connection that reads nothing is dropped. Default 30,000. */
  readonly maxStalledMs?: number
}

export interface AlertHub {
  start(): Promise<void>
  /** Calls listeners in this process. */
  listen(on: { alert: (alert: Alert) => void; gap: (gap: Gap) => void }): Receiver
  /** Writes bytes to a connection; see {@link frameOutlet}. */
  connect(outlet: { encode: Encode; write: (bytes: Buffer) => boolean; slow: () => void }): Receiver
  /** Publishes stored events to every instance. */
  publish(events: readonly RedEvent[]): Promise<void>
  /** Whether the image is among the events that were published or read lately. */
  hasRecent(imageId: string): boolean
  readonly metrics: AlertMetrics
  close(): Promise<void>
}

const readAgainMs = 1000

/**
 * Reads the notifier's stream once, into a ring, and flushes it to whoever is concerned. A connection is a place in the
 * ring, whether it is live, slow or just came back, so nothing is queued for it and there is no seam between past and
 * present at which an event could be lost or doubled.
 */
export function createAlertHub(
  notifier: AlertStream,
  on: AlertHubEvents,
  { capacity = 65_536, maxStalledMs = 30_000 }: AlertHubOptions = {},
): AlertHub {
  const ring = createEventRing(capacity)
  const published = createRecentIds(capacity)
  const arrived = createRecentIds(capacity)
  const shown = new Map<string, number>() // where an event was given early, by its image; the broker will bring it
  const audience = createAudience()
  const metrics = createAlertMetrics()
  const resume = createResume(ring, notifier)
  const receivers = createReceivers({ ring, audience, resume, metrics, maxStalledMs })
  const frames = new Map<Encode, Frames>()
  const stop = new AbortController()
  let reading: Promise<void> = Promise.resolve()

  async function read(): Promise<void> {
    while (!stop.signal.aborted) {
      try {
        for await (const batch of notifier.read(ring.cursorAt(ring.head), { signal: stop.signal })) {
          if ('type' in batch) {
            on.gap(batch)
            metrics.gap(batch.reason)
            take([batch])
          } else if (batch.length > 0) take(batch)
        }
        return
      } catch (error) {
        on.error(error)
        await delay(readAgainMs, undefined, { signal: stop.signal, ref: false }).catch(() => {})
      }
    }
  }

  function take(batch: readonly StreamItem[]): void {
    const before = { position: ring.head, cursor: ring.cursorAt(ring.head) }
    const taken = batch.map(marked).filter((item) => item !== undefined)
    for (const item of taken) {
      ring.push(item)
      if (!isGap(item) && item.early === true) remember(item.event.imageId, ring.head)
    }
    metrics.eventsIn(taken.length)
    receivers.wake(taken, before)
    if (!on.hasAlertListener()) return
    for (const item of taken) {
      const subscribers = isGap(item) || item.shownAt !== undefined ? 0 : audience.count(item)
      if (!isGap(item) && subscribers > 0) on.alert(item, subscribers)
    }
  }

  /** Undefined for an event that is in the ring: two instances were asked to record it, and both published it. */
  function marked(item: StreamItem): StreamItem | undefined {
    if (isGap(item)) return item
    const { imageId } = item.event
    if (arrived.has(imageId)) return undefined
    if (item.early === true) return item
    arrived.add(imageId)
    const shownAt = shown.get(imageId)
    return shownAt === undefined ? item : { ...item, shownAt }
  }

  function remember(id: string, position: number): void {
    shown.set(id, position)
    const [oldest] = shown.keys()
    if (shown.size > capacity && oldest !== undefined) shown.delete(oldest)
  }

  return {
    start: async () => {
      const { head } = await notifier.start()
      ring.begin(head)
      reading = read()
    },
    listen: ({ alert, gap }) => receivers.open(listenerOutlet(ring, { alert, gap, error: on.error })),
    connect: (outlet) => {
      const shared = getOrCreate(frames, outlet.encode, () => createFrames(ring, outlet.encode))
      return receivers.open(frameOutlet(shared, outlet))
    },
    publish: async (events) => {
      if (events.length === 0) return
      await notifier.publish(events)
      for (const { imageId } of events) published.add(imageId)
    },
    hasRecent: (imageId) => published.has(imageId) || arrived.has(imageId),
    metrics,
    close: async () => {
      stop.abort()
      receivers.close()
      await reading
    },
  }
}
