import type { UploadError } from './errors.ts'

export interface RetryOptions {
  /** How often a file is tried at most, the first time included. @default 5 */
  readonly attempts?: number | undefined
  /** Milliseconds; the wait before attempt n + 1 is random, from 0 to `baseMs * 2 ** (n - 1)`. @default 250 */
  readonly baseMs?: number | undefined
  /** Milliseconds; no such wait is longer. @default 20_000 */
  readonly maxMs?: number | undefined
  /** Milliseconds; a longer `Retry-After` is cut to this. @default 60_000 */
  readonly maxRetryAfterMs?: number | undefined
  /** Retries of the whole upload, as a share of the files tried so far … @default 0.2 */
  readonly budgetRatio?: number | undefined
  /** … and so many on top. @default 50 */
  readonly budgetMin?: number | undefined
  /** Whether a file is sent again when nobody knows if the server has it: all was sent, no answer came. @default true */
  readonly ambiguous?: boolean | undefined
  /** Numbers from 0 to 1 for the jitter. @default Math.random */
  readonly random?: (() => number) | undefined
}

/** The options with their defaults. */
export type RetryRules = { readonly [Name in keyof RetryOptions]-?: NonNullable<RetryOptions[Name]> }

const PASSING_STATUS = new Set(['HTTP_408', 'HTTP_425', 'HTTP_429', 'HTTP_500', 'HTTP_502', 'HTTP_503', 'HTTP_504'])
/** Nothing was sent, so it is safe. */
const NOT_CONNECTED = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'EHOSTUNREACH',
  'EHOSTDOWN',
  'ENETUNREACH',
  'ENETDOWN',
  'EAI_AGAIN',
  'ETIMEDOUT',
  'CONNECT_TIMEOUT',
  'TOTAL_TIMEOUT',
  'EADDRNOTAVAIL',
  'EMFILE',
  'ENFILE',
])
const BROKEN_OFF = new Set([
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'STALL_TIMEOUT',
  'HEADERS_TIMEOUT',
  'TOTAL_TIMEOUT',
  'ANSWER_TRUNCATED',
  'NOT_ALL_SENT',
  'BAD_ANSWER',
])
/** The file or the table of open files may be better in a moment. */
const PASSING_FILE = new Set(['ESOURCECHANGED', 'EIO', 'EMFILE', 'ENFILE', 'EBUSY', 'EAGAIN', 'ETXTBSY'])

/** Whether another attempt may succeed with nothing changed. */
export function isRetryable({ code, phase }: Pick<UploadError, 'code' | 'phase'>, ambiguous: boolean): boolean {
  if (PASSING_STATUS.has(code)) return true
  switch (phase) {
    case 'open':
    case 'read':
      return PASSING_FILE.has(code)
    case 'connect':
      return NOT_CONNECTED.has(code)
    case 'send':
      return BROKEN_OFF.has(code)
    case 'answer':
      return ambiguous && BROKEN_OFF.has(code)
    default:
      return false
  }
}

const REFUSED_FOR_ALL = new Set([
  'HTTP_301',
  'HTTP_302',
  'HTTP_303',
  'HTTP_401',
  'HTTP_403',
  'HTTP_404',
  'HTTP_405',
  'HTTP_407',
  'HTTP_410',
  'HTTP_501',
  'HTTP_505',
])

/** Whether a failure says nothing about the file, so that the next one will fail the same way. */
export function concernsAll({ code, phase }: Pick<UploadError, 'code' | 'phase'>): boolean {
  return phase === 'connect' || REFUSED_FOR_ALL.has(code)
}

/** The wait before the attempt after attempt `attempt`, with full jitter: AWS Architecture Blog, Exponential Backoff And Jitter. */
export function backoffMs(attempt: number, { baseMs, maxMs, random }: RetryRules): number {
  return Math.min(maxMs, baseMs * 2 ** (attempt - 1)) * random()
}

/** Milliseconds of a `Retry-After` in seconds or as a date (RFC 9110, 10.2.3); `undefined` if there is none to be read. */
export function retryAfterMs(header: string | undefined, nowMs: number): number | undefined {
  if (header === undefined) return undefined
  const text = header.trim()
  if (/^\d{1,10}$/.test(text)) return Number(text) * 1000
  // Date.parse takes many a number for a year: a date of HTTP begins with the name of a day
  const date = /^[A-Z][a-z]{2}/.test(text) ? Date.parse(text) : Number.NaN
  return Number.isNaN(date) ? undefined : Math.max(0, date - nowMs)
}
