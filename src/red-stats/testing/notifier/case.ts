import type { RedEvent } from '../../event.ts'
import type { Gap, Notifier, Published } from '../../notifier.ts'

/** A rule of the contract and the proof that a notifier keeps it. */
export interface NotifierCase {
  readonly name: string
  /** Why the notifier need not pass it; undefined if it must. */
  readonly skip?: (context: NotifierContext) => string | undefined
  readonly run: (context: NotifierContext) => Promise<void>
}

export interface NotifierContext {
  readonly notifier: Notifier
  /** Another instance on the same stream. */
  another(): Promise<Notifier>
  readonly faults: NotifierFaults
  /** Reads in the background until the case ends. */
  follow(notifier: Notifier, from: string): Reading
}

/** What can be done to the stream behind the notifier's back; a case is left out without what it needs. */
export interface NotifierFaults {
  /** Removes all but the newest `keep` events, or about so many fewer. */
  readonly trim?: (place: string, keep: number) => Promise<void>
  /** Deletes the stream as if it had never been; the next publish makes a new one. */
  readonly recreate?: (place: string) => Promise<void>
  /** Puts something into the stream that no notifier wrote. */
  readonly poison?: (place: string) => Promise<void>
  /** Breaks all connections. */
  readonly disconnect?: (place: string) => Promise<void>
}

/** What a reader got so far. */
export interface Reading {
  readonly items: readonly (Published | Gap)[]
  /** Resolves when so many items have come. */
  wait(count: number): Promise<readonly (Published | Gap)[]>
  /** Resolves when this event has come. */
  waitFor(imageId: string): Promise<void>
  readonly ids: readonly string[]
  readonly gaps: readonly Gap[]
  /** Ends the reader; resolves when it has ended. */
  stop(): Promise<void>
}

export function events(count: number, name = 'image'): RedEvent[] {
  return Array.from({ length: count }, (_, index) => ({
    imageId: `${name}-${index}`,
    timestamp: 1_700_000_000_000 + index,
    clientId: `client-${index % 3}`,
    red: index / (count + 1),
  }))
}

export function idsOf(list: readonly RedEvent[]): string[] {
  return list.map(({ imageId }) => imageId)
}

export function follow(notifier: Notifier, from: string): Reading {
  const stop = new AbortController()
  const items: (Published | Gap)[] = []
  const waiting = new Set<() => void>()
  let failure: unknown
  const reading = (async () => {
    for await (const batch of notifier.read(from, { signal: stop.signal })) {
      if ('type' in batch) items.push(batch)
      else items.push(...batch)
      for (const check of waiting) check()
    }
  })().catch((error: unknown) => {
    failure = error
    for (const check of waiting) check()
  })

  function until(holds: () => boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      const check = () => {
        if (failure === undefined && !holds()) return
        waiting.delete(check)
        if (failure === undefined) resolve()
        else reject(failure)
      }
      waiting.add(check)
      check()
    })
  }

  return {
    items,
    wait: async (count) => {
      await until(() => items.length >= count)
      return items
    },
    waitFor: (imageId) => until(() => items.some((item) => 'event' in item && item.event.imageId === imageId)),
    get ids() {
      return items.flatMap((item) => ('event' in item ? [item.event.imageId] : []))
    },
    get gaps() {
      return items.filter((item): item is Gap => 'type' in item)
    },
    stop: async () => {
      stop.abort()
      await reading
      if (failure !== undefined) throw failure
    },
  }
}
