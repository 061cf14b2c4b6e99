import { RedStatsError, type RedStatsErrorCode } from '../../errors.ts'

/** Codes of ClickHouse's exceptions; all others are UNAVAILABLE, with ClickHouse's own words. */
const codes: Record<string, RedStatsErrorCode> = {
  33: 'CORRUPT', // CANNOT_READ_ALL_DATA
  40: 'CORRUPT', // CHECKSUM_DOESNT_MATCH
  159: 'TIMEOUT', // TIMEOUT_EXCEEDED
  209: 'TIMEOUT', // SOCKET_TIMEOUT
  228: 'CORRUPT', // BAD_SIZE_OF_FILE_IN_DATA_PART
  246: 'CORRUPT', // CORRUPTED_DATA
  271: 'CORRUPT', // CANNOT_DECOMPRESS
}

/** Codes of connections that were never made, so that nothing can have been stored. */
const notConnected = ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH']

/**
 * What ClickHouse, its client or chDB says, in the terms of the store contract.
 * @param outcome Whether the operation may have taken effect.
 */
export function fromClickHouse(cause: unknown, outcome: 'none' | 'unknown'): RedStatsError {
  if (cause instanceof RedStatsError) return cause
  const message = cause instanceof Error ? cause.message : String(cause)
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : ''
  if (isWithoutTables(cause)) {
    const gone = 'its tables are gone, as after a restart without its data; the next event has them made again'
    return new RedStatsError('UNAVAILABLE', `ClickHouse: ${gone}`, { cause, outcome: 'none' })
  }
  const known = codes[code] ?? (message === 'Timeout error.' ? 'TIMEOUT' : 'UNAVAILABLE') // the client's own timeout
  return new RedStatsError(known, `ClickHouse: ${message.trim() || code}`, {
    cause,
    outcome: notConnected.includes(code) ? 'none' : outcome,
  })
}

/** UNKNOWN_TABLE or UNKNOWN_DATABASE, or an error caused by one. */
export function isWithoutTables(error: unknown): boolean {
  if (error instanceof RedStatsError) return isWithoutTables(error.cause)
  return error instanceof Error && 'code' in error && (error.code === '60' || error.code === '81')
}
