import { RedStatsError } from '../errors.ts'

/**
 * What ClickHouse says, in the terms of the store contract.
 * @param outcome Whether the operation may have taken effect.
 */
export function fromClickHouse(cause: unknown, outcome: 'none' | 'unknown'): RedStatsError {
  if (cause instanceof RedStatsError) return cause
  const message = cause instanceof Error ? cause.message : String(cause)
  const code = clickHouseCode(cause)
  // 159 TIMEOUT_EXCEEDED; the client's own timeout has only a message
  if (code === '159' || /timeout/i.test(message)) {
    return new RedStatsError('TIMEOUT', `ClickHouse did not answer in time: ${message}`, { cause, outcome })
  }
  // 27, 33, 74 … reading a damaged part; 246, 432 damaged data
  if (['246', '432', '33', '40'].includes(code ?? '')) {
    return new RedStatsError('CORRUPT', `ClickHouse cannot read what is stored: ${message}`, { cause, outcome })
  }
  return new RedStatsError('UNAVAILABLE', `ClickHouse failed: ${message}`, { cause, outcome })
}

function clickHouseCode(cause: unknown): string | undefined {
  return cause instanceof Error && 'code' in cause ? String(cause.code) : undefined
}
