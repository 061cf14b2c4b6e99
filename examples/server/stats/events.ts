import type { RedEventInput, RedStatsError } from 'ruddle/red-stats'
import { HttpError } from '../http-errors.ts'

/** Names of fields as they are on the wire, for messages that leave the server. */
const wireNames: Record<string, string> = {
  imageId: 'image_id',
  clientId: 'client_id',
  stepMs: 'step_ms',
  minRed: 'min_red',
}

export function wireName(text: string): string {
  return text.replace(/\b(imageId|clientId|stepMs|minRed)\b/, (name) => wireNames[name] ?? name)
}

/** Each has a result: without a limit, an answer could be a hundred times as long as its request. */
export const maxEvents = 100_000

/** The events of a request's body: one object, an array, or NDJSON as text. The engine checks each. */
export function eventsOf(body: unknown): RedEventInput | RedEventInput[] {
  if (typeof body === 'string') {
    const lines = body.trimEnd().split('\n', maxEvents + 1)
    if (lines.length > maxEvents) throw new HttpError(400, 'TOO_MANY', `Send at most ${maxEvents} lines at once`)
    return lines.filter(isNotBlank).map(fromLine)
  }
  return Array.isArray(body) ? body.map(fromWire) : fromWire(body)
}

function isNotBlank(line: string): boolean {
  return line.trim() !== ''
}

function fromLine(line: string): RedEventInput {
  try {
    return fromWire(JSON.parse(line))
  } catch {
    return fromWire(undefined)
  }
}

function fromWire(value: unknown): RedEventInput {
  const fields = (typeof value === 'object' && value !== null ? value : {}) as Record<string, never>
  const { image_id: imageId, timestamp, client_id: clientId, red } = fields
  return { imageId: imageId!, timestamp: timestamp!, clientId: clientId!, red: red! }
}

/** What the engine says, as an HTTP answer. */
export function fromRedStats(error: unknown): HttpError | undefined {
  if (!(error instanceof Error) || !('code' in error) || error.name !== 'RedStatsError') return undefined
  const { code, field, message, retryable } = error as RedStatsError
  const options = { cause: error, ...(field === undefined ? {} : { field: wireName(field) }) }
  if (code === 'INVALID') return new HttpError(400, code, wireName(message), options)
  if (retryable || code === 'CLOSED') {
    return new HttpError(503, code, 'RED_STATS cannot answer now; try again', { ...options, retryAfterSeconds: 2 })
  }
  return undefined
}
