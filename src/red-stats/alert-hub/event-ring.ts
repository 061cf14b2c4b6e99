import type { Cursor, Gap, Published } from '../notifier.ts'

/** An event of the stream; `shownAt` is the position at which it was given early. */
export type StreamEvent = Published & { readonly shownAt?: number }

/** What the stream brought: an event, or the news that some may be missing. */
export type StreamItem = StreamEvent | Gap

/**
 * The newest items of the stream. A position counts what this instance read; it says nothing outside it.
 * Those held are `floor < position <= head`.
 */
export interface EventRing {
  readonly capacity: number
  readonly head: number
  readonly floor: number
  /** Below this stands another epoch, or nothing. */
  readonly epochFloor: number
  /** Position of the newest gap. */
  readonly lastGap: number
  /** Position of the newest event that was given early before. */
  readonly lastShown: number
  /** Says where in the stream it begins. Before anything is pushed. */
  begin(start: Cursor): void
  push(item: StreamItem): void
  /** Puts the events between `from` and the floor below it, as many of the newest as there is room for. */
  prepend(from: Cursor, events: readonly Published[]): void
  at(position: number): StreamItem
  /** Items after `from` up to and including `to` with more red than `minRed`; a gap concerns everyone and counts. */
  countAbove(from: number, to: number, minRed: number): number
  isAbove(position: number, minRed: number): boolean
  /** The place of an item, or of the floor, in the stream. */
  cursorAt(position: number): Cursor
}

export function createEventRing(capacity: number): EventRing {
  const items = new Array<StreamItem>(capacity)
  const reds = new Float64Array(capacity)
  // As many positions as the ring could hold lie below the first one. A remainder of numbers beyond 32 bits is slow.
  let head = capacity
  let floor = capacity
  let epochFloor = 0
  let lastGap = 0
  let lastShown = 0
  let floorCursor: Cursor = ''

  function put(position: number, item: StreamItem): void {
    const slot = position % capacity
    items[slot] = item
    reds[slot] = isGap(item) ? Number.POSITIVE_INFINITY : item.event.red
  }

  return {
    capacity,
    get head() {
      return head
    },
    get floor() {
      return floor
    },
    get epochFloor() {
      return Math.max(floor, epochFloor)
    },
    get lastGap() {
      return lastGap
    },
    get lastShown() {
      return lastShown
    },
    begin: (start) => {
      floorCursor = start
    },
    push: (item) => {
      if (head - floor === capacity) floorCursor = placeOf(items[++floor % capacity]!)
      put(++head, item)
      if (!isGap(item)) {
        if (item.shownAt !== undefined) lastShown = head
        return
      }
      lastGap = head
      if (item.reason === 'epoch') epochFloor = head
    },
    prepend: (from, events) => {
      const dropped = Math.max(0, events.length - (capacity - (head - floor)))
      if (dropped < events.length) floorCursor = dropped === 0 ? from : events[dropped - 1]!.cursor
      for (let index = events.length - 1; index >= dropped; index--) put(floor--, events[index]!)
    },
    at: (position) => items[position % capacity]!,
    isAbove: (position, minRed) => reds[position % capacity]! > minRed,
    countAbove: (from, to, minRed) => {
      let above = 0
      let slot = from % capacity
      for (let left = to - from; left > 0; left--) {
        if (++slot === capacity) slot = 0
        if (reds[slot]! > minRed) above++
      }
      return above
    },
    cursorAt: (position) => (position === floor ? floorCursor : placeOf(items[position % capacity]!)),
  }
}

export function isGap(item: StreamItem): item is Gap {
  return 'type' in item
}

function placeOf(item: StreamItem): Cursor {
  return isGap(item) ? item.to : item.cursor
}
