import type { Gap, Published } from '../notifier.ts'
import type { EventRing } from './event-ring.ts'
import { isGap } from './event-ring.ts'
import type { Encode, FrameBatch, Frames } from './frames.ts'
import { type Interest, wants } from './interest.ts'

/** What a connection is sent at once. */
export interface Batch {
  /** Position of the last item that was looked at. */
  readonly to: number
  readonly alerts: number
}

/** How the hub hands items to one connection or listener. */
export interface Outlet<Taken extends Batch = Batch> {
  /**
   * What is wanted of the items after `from`, or the first part of it: those above `minRed` or, when that is NaN, those
   * of `interest`. After each system call what is looked up first is out of the cache, so the common case gets by with
   * a number: 2 of 4 µs of a delivery went into asking `interest`.
   */
  take(from: number, minRed: number, interest: Interest): Taken
  /** Sends it. False: too much is unsent; the connection says when it is not. */
  give(batch: Taken): boolean
  gap(gap: Gap): void
  /** The connection has read nothing for too long and is no longer served. */
  slow(): void
}

/** Sends bytes; `write` returns false when too much is unsent. */
export function frameOutlet(
  frames: Frames,
  { encode, write, slow }: { encode: Encode; write: (bytes: Buffer) => boolean; slow: () => void },
): Outlet<FrameBatch> {
  return {
    take: (from, minRed, interest) => {
      if (!Number.isNaN(minRed) && frames.isPlain(from)) return frames.above(from, minRed)
      const { only } = interest
      return only === undefined
        ? frames.select(from, (item, position) => interest.idsFor(item, position))
        : frames.select(from, (item, position) => wants(only, item, position))
    },
    give: ({ bytes }) => bytes.length === 0 || write(bytes),
    gap: (gap) => void write(encode(gap)),
    slow,
  }
}

interface Calls extends Batch {
  readonly from: number
  readonly interest: Interest
}

/** Calls of a listener in a batch: nobody knows how long they take. */
const maxCalls = 64

/** Calls a function in this process. One that throws is reported and does not disturb the others. */
export function listenerOutlet(
  ring: EventRing,
  on: { alert: (alert: Published) => void; gap: (gap: Gap) => void; error: (error: unknown) => void },
): Outlet<Calls> {
  function call<Value>(listener: (value: Value) => void, value: Value): void {
    try {
      listener(value)
    } catch (error) {
      on.error(error)
    }
  }
  return {
    take: (from, _, interest) => {
      let alerts = 0
      let to = from
      while (to < ring.head && alerts < maxCalls) if (interest.idsFor(ring.at(++to), to).length > 0) alerts++
      return { from, to, alerts, interest }
    },
    give: ({ from, to, interest }) => {
      for (let position = from + 1; position <= to; position++) {
        const item = ring.at(position)
        if (interest.idsFor(item, position).length === 0) continue // also when the listener has left meanwhile
        if (isGap(item)) call(on.gap, item)
        else call(on.alert, item)
      }
      return true
    },
    gap: (gap) => call(on.gap, gap),
    slow: () => {},
  }
}
