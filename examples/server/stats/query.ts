import type { CountOptions } from 'ruddle/red-stats'
import { HttpError } from '../http-errors.ts'

export interface StatsQuery {
  readonly from?: string
  readonly to?: string
  readonly red?: string
  readonly client_id?: string
  readonly step_ms?: string
  readonly bins?: string
  readonly limit?: string
  readonly after?: string
}

const text = { type: 'string', maxLength: 1024 } as const
/** The id in it, of up to 256 bytes, is escaped as in JSON, then in base64. */
const page = { type: 'string', maxLength: 2200 } as const

function queryOf<Name extends keyof StatsQuery>(...names: Name[]) {
  return {
    type: 'object',
    additionalProperties: false,
    properties: Object.fromEntries(names.map((name) => [name, name === 'after' ? page : text])),
  }
}

export const countQuery = queryOf('from', 'to', 'red', 'client_id')
export const seriesQuery = queryOf('from', 'to', 'red', 'client_id', 'step_ms')
export const distributionQuery = queryOf('from', 'to', 'client_id', 'bins')
export const listQuery = queryOf('from', 'to', 'red', 'client_id', 'limit', 'after')

export function countQueryOf(query: StatsQuery): CountOptions {
  const from = parseTime('from', query.from)
  const to = parseTime('to', query.to)
  const red = parseNumber('red', query.red)
  return {
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
    ...(red === undefined ? {} : { red }),
    ...(query.client_id === undefined ? {} : { clientId: query.client_id }),
  }
}

export function parseNumber(field: string, value: string | undefined): number | undefined {
  if (value === undefined) return undefined
  const number = value.trim() === '' ? Number.NaN : Number(value)
  if (Number.isNaN(number)) throw new HttpError(400, 'INVALID', `Expected \`${field}\` to be a number`, { field })
  return number
}

const iso8601 = /^\d{4}-\d{2}(-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?)?)?$/

/** Milliseconds since the epoch, or a date as ISO 8601 writes it; one without an offset is UTC. */
function parseTime(field: string, value: string | undefined): number | undefined {
  if (value === undefined) return undefined
  if (/^\d+$/.test(value)) return Number(value)
  // `+` in a URL that was not escaped arrives as a space
  const date = value.replace(' ', '+')
  const hasZone = /Z$|T.*[+-]\d{2}:?\d{2}$/.test(date)
  const time = iso8601.test(date) ? Date.parse(date.includes('T') && !hasZone ? `${date}Z` : date) : Number.NaN
  if (!Number.isNaN(time)) return time
  throw new HttpError(400, 'INVALID', `Expected \`${field}\` to be milliseconds since the epoch or ISO 8601`, { field })
}
