import type { RedEvent } from './event.ts'
import type { Cursor, Gap, Notifier, Published } from './notifier.ts'

/** An event with more red than a subscriber asked for. */
export type Alert = Published

export interface SubscribeOptions {
  /** Alert on images with more red than this, from 0 to 1. */
  readonly minRed: number
  /** Alert only on images of this sender. */
  readonly clientId?: string
}

/** Ends when closed; closing it again does nothing. */
export interface Subscription {
  close(): void
}

export interface AlertHubEvents {
  alert(alert: Alert, subscribers: number): void
  gap(gap: Gap): void
  error(error: unknown): void
}

export interface AlertHub {
  start(): Promise<void>
  subscribe(options: SubscribeOptions, listener: (alert: Alert) => void): Subscription
  /** Publishes stored events to every instance. */
  publish(events: readonly RedEvent[]): Promise<void>
  /** Whether the image is among the events that were published or read lately. */
  hasRecent(imageId: string): boolean
  readonly subscriptions: number
  close(): Promise<void>
}

/** Reads the notifier's stream once and hands each event to the subscriptions whose threshold it passes. */
export function createAlertHub(
  notifier: Notifier,
  on: AlertHubEvents,
  { capacity = 65_536 }: { readonly capacity?: number } = {},
): AlertHub {
  const subscriptions = new Set<{ options: SubscribeOptions; listener: (alert: Alert) => void }>()
  const recent = new Set<string>() // image ids in the order of arrival
  const stop = new AbortController()
  let reading: Promise<void> = Promise.resolve()

  async function readFrom(head: Cursor): Promise<void> {
    for await (const batch of notifier.read(head, { signal: stop.signal })) {
      if ('type' in batch) on.gap(batch)
      else batch.forEach(dispatch)
    }
  }

  function dispatch(published: Published): void {
    remember(published.event.imageId)
    let reached = 0
    for (const { options, listener } of subscriptions) {
      if (!(published.event.red > options.minRed)) continue
      if (options.clientId !== undefined && options.clientId !== published.event.clientId) continue
      reached++
      try {
        listener(published)
      } catch (error) {
        on.error(error) // one subscriber's fault is not another's
      }
    }
    if (reached > 0) on.alert(published, reached)
  }

  function remember(imageId: string): void {
    recent.add(imageId)
    if (recent.size <= capacity) return
    for (const oldest of recent) {
      recent.delete(oldest)
      break
    }
  }

  return {
    start: async () => {
      const { head } = await notifier.start()
      reading = readFrom(head).catch((error: unknown) => on.error(error))
    },
    subscribe: (options, listener) => {
      const subscription = { options, listener }
      subscriptions.add(subscription)
      return { close: () => void subscriptions.delete(subscription) }
    },
    publish: async (events) => {
      if (events.length === 0) return
      await notifier.publish(events)
      for (const { imageId } of events) remember(imageId)
    },
    hasRecent: (imageId) => recent.has(imageId),
    get subscriptions() {
      return subscriptions.size
    },
    close: async () => {
      stop.abort()
      subscriptions.clear()
      await reading
    },
  }
}
