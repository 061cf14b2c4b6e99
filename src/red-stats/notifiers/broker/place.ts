import { type Cursor, maxPublished } from '../../notifier.ts'

/** A place in a stream: the position within an epoch. */
export interface Place {
  readonly epoch: string
  readonly seq: number
}

const placeText = /^([0-9A-Za-z]{1,64})-(\d{1,16})$/

/** Undefined for text that is no place. */
export function placeOf(cursor: Cursor): Place | undefined {
  const [, epoch, position] = placeText.exec(cursor) ?? []
  const seq = Number(position)
  return epoch === undefined || !Number.isSafeInteger(seq) ? undefined : { epoch, seq }
}

export function cursorOf({ epoch, seq }: Place): Cursor {
  return `${epoch}-${seq}`
}

/** As {@link Notifier.compare}. */
export function compareCursors(a: Cursor, b: Cursor): number | undefined {
  const [left, right] = [placeOf(a), placeOf(b)]
  return left === undefined || right === undefined || left.epoch !== right.epoch ? undefined : left.seq - right.seq
}

/**
 * Where a broker numbers messages, each of up to {@link maxPublished} events, the last event of message m has position
 * m × 256 and those before it the positions below: the end of a message is known without what it holds.
 */
export function lastSeqOf(message: number): number {
  return message * maxPublished
}

/** The message that holds what comes after a position. */
export function messageAfter(seq: number): number {
  return Math.floor(seq / maxPublished) + 1
}
