import { isGap, type StreamItem } from './event-ring.ts'

/** What one subscription asks for. */
export interface Wanted {
  /** Images with more red than this. */
  readonly minRed: number
  /** Only images of this sender. */
  readonly clientId?: string | undefined
  /** Position of the last item before the subscription. */
  readonly after: number
}

/** A threshold as the index of an audience holds it. */
export interface Threshold {
  readonly minRed: number
  /** Of images of this sender; undefined: of all. */
  readonly clientId: string | undefined
}

/** The subscriptions of one connection. */
export interface Interest {
  readonly size: number
  add(id: string, wanted: Wanted): void
  delete(id: string): boolean
  clear(): void
  /** The only subscription, when there is just one. */
  readonly only: Wanted | undefined
  /** The lowest position that a subscription begins after. */
  readonly after: number
  /** The ids of the subscriptions that an item is for. */
  idsFor(item: StreamItem, position: number): string[]
  /** The lowest threshold of all images, and of each sender's images where that is lower still. */
  thresholds(): Threshold[]
}

export function createInterest(): Interest {
  const wanted = new Map<string, Wanted>()
  let only: Wanted | undefined // asked for at every delivery
  function changed(): void {
    only = wanted.size === 1 ? wanted.values().next().value : undefined
  }
  return {
    get size() {
      return wanted.size
    },
    add: (id, subscription) => {
      wanted.set(id, subscription)
      changed()
    },
    delete: (id) => {
      const had = wanted.delete(id)
      changed()
      return had
    },
    clear: () => {
      wanted.clear()
      changed()
    },
    get only() {
      return only
    },
    get after() {
      let after = Number.POSITIVE_INFINITY
      for (const subscription of wanted.values()) after = Math.min(after, subscription.after)
      return after
    },
    idsFor: (item, position) => {
      const ids: string[] = []
      for (const [id, subscription] of wanted) if (wants(subscription, item, position)) ids.push(id)
      return ids
    },
    thresholds: () => {
      const lowest = new Map<string | undefined, number>()
      for (const { clientId, minRed } of wanted.values()) {
        lowest.set(clientId, Math.min(minRed, lowest.get(clientId) ?? Number.POSITIVE_INFINITY))
      }
      const ofAll = lowest.get(undefined) ?? Number.POSITIVE_INFINITY
      return [...lowest]
        .filter(([clientId, minRed]) => clientId === undefined || minRed < ofAll)
        .map(([clientId, minRed]) => ({ clientId, minRed }))
    },
  }
}

export function wants({ after, clientId, minRed }: Wanted, item: StreamItem, position: number): boolean {
  if (isGap(item)) return true
  if (position <= after || !(item.event.red > minRed)) return false
  if (item.shownAt !== undefined && item.shownAt > after) return false // it had it then
  return clientId === undefined || clientId === item.event.clientId
}
