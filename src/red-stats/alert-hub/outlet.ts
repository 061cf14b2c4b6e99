import type { Gap, Published } from '../notifier.ts'
import type { EventRing } from './event-ring.ts'
import { isGap } from './event-ring.ts'
import type { Encode, FrameBatch, Frames } from './frames.ts'
import { type Interest, wants } from './interest.ts'

/** What a connection was sent. */
export interface Sent {
  /** Position of the last item that was looked at. */
  readonly to: number
  readonly alerts: number
  /** False: too much is unsent; the connection says when it is not. */
  readonly ready: boolean
}

/** How the hub hands items to one connection or listener. */
export interface Outlet {
  /**
   * Sends what is wanted of the items after `from`, or the first part of it: those above `minRed` or, when that is NaN,
   * those of `interest`. After each system call what is looked up first is out of the cache, so the common case gets
   * by with a number: 2 of 4 µs of a delivery went into asking `interest`.
   */
  send(from: number, minRed: number, interest: Interest): Sent
  gap(gap: Gap): void
  /** The connection has read nothing for too long and is no longer served. */
  slow(): void
}

/** Sends bytes; `write` returns false when too much is unsent. */
export function frameOutlet(
  frames: Frames,
  { encode, write, slow }: { encode: Encode; write: (bytes: Buffer) => boolean; slow: () => void },
): Outlet {
  function select(from: number, interest: Interest): FrameBatch {
    const { only } = interest
    return only === undefined
      ? frames.select(from, (item, position) => interest.idsFor(item, position))
      : frames.select(from, (item, position) => wants(only, item, position))
  }
  return {
    send: (from, minRed, interest) => {
      const isShared = !Number.isNaN(minRed) && frames.isPlain(from)
      const batch = isShared ? frames.above(from, minRed) : select(from, interest)
      return { to: batch.to, alerts: batch.alerts, ready: batch.bytes.length === 0 || write(batch.bytes) }
    },
    gap: (gap) => void write(encode(gap)),
    slow,
  }
}

/** Calls a function in this process. One that throws is reported and does not disturb the others. */
export function listenerOutlet(
  ring: EventRing,
  on: { alert: (alert: Published) => void; gap: (gap: Gap) => void; error: (error: unknown) => void },
): Outlet {
  function call<Value>(listener: (value: Value) => void, value: Value): void {
    try {
      listener(value)
    } catch (error) {
      on.error(error)
    }
  }
  return {
    send: (from, _, interest) => {
      let alerts = 0
      let to = from
      while (to < ring.head && alerts < 64) {
        const item = ring.at(++to)
        if (interest.idsFor(item, to).length === 0 && !isGap(item)) continue
        if (isGap(item)) call(on.gap, item)
        else call(on.alert, item)
        alerts++
      }
      return { to, alerts, ready: true }
    },
    gap: (gap) => call(on.gap, gap),
    slow: () => {},
  }
}
