import { RedStatsError } from './errors.ts'

/** One image that was measured. Ids are text; a safe integer given as an id is kept as its decimal text. */
export interface RedEvent {
  /** Identity of the image: 1 to 256 bytes of UTF-8. */
  readonly imageId: string
  /** Milliseconds since the epoch, an integer from 0 to 4102444799999 (the end of 2099). */
  readonly timestamp: number
  /** Who sent the image: 1 to 256 bytes of UTF-8. */
  readonly clientId: string
  /** How red the image is, from 0 to 1. */
  readonly red: number
}

/** What {@link RedStats.record} takes: as {@link RedEvent}, but ids may be safe integers (7 and "7" are one id). */
export interface RedEventInput {
  readonly imageId: string | number
  readonly timestamp: number
  readonly clientId: string | number
  readonly red: number
}

/** A {@link RedEvent} as it stands in JSON: names in snake_case. */
export interface WireEvent {
  readonly image_id: string
  readonly timestamp: number
  readonly client_id: string
  readonly red: number
}

/** The last millisecond of 2099. */
export const maxTimestamp = 4_102_444_799_999

const maxIdBytes = 256
const loneSurrogate = /\p{Surrogate}/u

/**
 * Checks an event and gives its ids their text form.
 *
 * @throws RedStatsError `INVALID`, naming the field.
 * @example
 * ```ts
 * import { parseEvent } from 'ruddle/red-stats'
 *
 * const { imageId, clientId } = parseEvent({ imageId: 7, timestamp: Date.now(), clientId: 'kitchen', red: 0.85 })
 * imageId // => '7'
 * clientId // => 'kitchen'
 * ```
 */
export function parseEvent(input: RedEventInput): RedEvent {
  if (typeof input !== 'object' || input === null) throw invalid('event', 'an object', input)
  const { imageId, timestamp, clientId, red } = input
  return {
    imageId: parseId('imageId', imageId),
    timestamp: parseTimestamp('timestamp', timestamp),
    clientId: parseId('clientId', clientId),
    red: parseRed('red', red),
  }
}

/** Whether two events with one id say the same. */
export function sameEvent(a: RedEvent, b: RedEvent): boolean {
  return a.timestamp === b.timestamp && a.clientId === b.clientId && a.red === b.red
}

/**
 * The form that goes over the wire.
 *
 * @example
 * ```ts
 * import { toWire } from 'ruddle/red-stats'
 *
 * const event = { imageId: '7', timestamp: 1_767_225_600_000, clientId: 'kitchen', red: 0.85 }
 * toWire(event) // => { image_id: '7', timestamp: 1767225600000, client_id: 'kitchen', red: 0.85 }
 * ```
 */
export function toWire({ imageId, timestamp, clientId, red }: RedEvent): WireEvent {
  return { image_id: imageId, timestamp, client_id: clientId, red }
}

export function parseId(field: string, value: unknown): string {
  if (Number.isSafeInteger(value)) return String(value)
  const isText =
    typeof value === 'string' &&
    value.length > 0 &&
    value.length <= maxIdBytes &&
    Buffer.byteLength(value) <= maxIdBytes &&
    !loneSurrogate.test(value)
  if (!isText) throw invalid(field, `text of 1 to ${maxIdBytes} bytes or a safe integer`, value)
  return value
}

export function parseTimestamp(field: string, value: unknown): number {
  if (!Number.isSafeInteger(value) || (value as number) < 0 || (value as number) > maxTimestamp) {
    throw invalid(field, `whole milliseconds since the epoch, from 0 to ${maxTimestamp}`, value)
  }
  return (value as number) + 0 // -0 is written as 0
}

export function parseRed(field: string, value: unknown): number {
  if (typeof value !== 'number' || !(value >= 0 && value <= 1)) throw invalid(field, 'a number from 0 to 1', value)
  return value === 0 ? 0 : value // -0 is written as 0
}

export function invalid(field: string, expected: string, got: unknown): RedStatsError {
  return new RedStatsError('INVALID', `Expected \`${field}\` to be ${expected}, got ${describe(got)}`, { field })
}

function describe(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value)
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? 'an array' : 'an object'
  return String(value)
}
