import { validateHeaderName, validateHeaderValue } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import type { HeaderFields, Settings, UploadOptions } from './options.ts'

const systemClock = {
  now: () => Date.now(),
  sleep: async (ms: number, signal: AbortSignal) => {
    await sleep(ms, undefined, { signal })
  },
}
const KNOWN = new Set(
  [
    'url,field,fields,headers,concurrency,recursive,include,exclude,hidden,followSymlinks,sniff,svg,maxFileBytes,retry',
    'timeouts,signal,dryRun,journal,idempotencyHeader,maxErrors,transport,clock',
  ]
    .join()
    .split(','),
)
const LONGEST_TIMER = 2 ** 31 - 1
/** The framing and the connection are ours to describe. */
const OURS = new Set(['content-type', 'content-length', 'transfer-encoding', 'connection', 'expect', 'host', 'trailer'])

/** Checks the options once and gives them their defaults. */
export function readOptions(options: UploadOptions): Settings {
  if (typeof options !== 'object' || options === null) throw mismatch('options', 'an object with a `url`', options)
  for (const name of Object.keys(options)) {
    if (!KNOWN.has(name)) throw new TypeError(`Expected options of uploadFolder, got the unknown \`${name}\``)
  }
  const { field = 'image', fields, idempotencyHeader = 'Idempotency-Key', transport, journal, signal } = options
  const { clock = systemClock } = options
  if (typeof field !== 'string' || field === '') throw mismatch('field', 'a name', field)
  if (fields !== undefined && typeof fields !== 'function') throw mismatch('fields', 'a function', fields)
  if (journal !== undefined && (typeof journal !== 'string' || journal === '')) {
    throw mismatch('journal', 'the path of a file', journal)
  }
  if (signal !== undefined && !(signal instanceof AbortSignal)) throw mismatch('signal', 'an AbortSignal', signal)
  if (transport !== undefined && typeof transport?.send !== 'function') {
    throw mismatch('transport', 'an object with `send` and `close`', transport)
  }
  if (typeof clock?.now !== 'function' || typeof clock.sleep !== 'function') {
    throw mismatch('clock', 'an object with `now` and `sleep`', clock)
  }
  if (idempotencyHeader !== false) checkHeaders({ [idempotencyHeader]: 'key' }, 'idempotencyHeader')
  const { url, authorization } = target(options.url)
  const { headers = {} } = options
  if (typeof headers !== 'function') checkHeaders(headers, 'headers')
  return {
    url,
    field,
    fields,
    headers: async () => {
      const given = typeof headers === 'function' ? await headers() : headers
      checkHeaders(given, 'headers')
      return { ...authorization, ...given }
    },
    headersChange: typeof headers === 'function',
    concurrency: whole('concurrency', options.concurrency ?? 8, 1, 256),
    recursive: flag('recursive', options.recursive ?? true),
    include: globs('include', options.include ?? []),
    exclude: globs('exclude', options.exclude ?? []),
    hidden: flag('hidden', options.hidden ?? false),
    followSymlinks: flag('followSymlinks', options.followSymlinks ?? false),
    sniff: flag('sniff', options.sniff ?? true),
    svg: flag('svg', options.svg ?? false),
    maxFileBytes: whole('maxFileBytes', options.maxFileBytes ?? Number.MAX_SAFE_INTEGER, 1, Number.MAX_SAFE_INTEGER),
    retry: readRetry(options.retry ?? {}),
    timeouts: readTimeouts(options.timeouts ?? {}),
    signal,
    journal,
    idempotencyHeader,
    maxErrors: whole('maxErrors', options.maxErrors ?? Number.MAX_SAFE_INTEGER, 1, Number.MAX_SAFE_INTEGER),
    dryRun: flag('dryRun', options.dryRun ?? false),
    transport,
    clock,
  }
}

function readRetry(retry: NonNullable<UploadOptions['retry']>): Settings['retry'] {
  const given = retry === false ? { attempts: 1 } : retry
  if (typeof given !== 'object' || given === null) throw mismatch('retry', 'an object or false', retry)
  onlyKnown('retry', given, [
    'attempts',
    'baseMs',
    'maxMs',
    'maxRetryAfterMs',
    'budgetRatio',
    'budgetMin',
    'ambiguous',
    'random',
  ])
  const { attempts = 5, baseMs = 250, maxMs = 20_000, maxRetryAfterMs = 60_000 } = given
  const { budgetRatio = 0.2, budgetMin = 50, ambiguous = true, random = Math.random } = given
  if (typeof budgetRatio !== 'number' || !(budgetRatio >= 0))
    throw outside('retry.budgetRatio', 'a number from 0 and up', budgetRatio)
  if (typeof random !== 'function') throw mismatch('retry.random', 'a function', random)
  return {
    attempts: whole('retry.attempts', attempts, 1, 100),
    baseMs: whole('retry.baseMs', baseMs, 0, LONGEST_TIMER),
    maxMs: whole('retry.maxMs', maxMs, 0, LONGEST_TIMER),
    maxRetryAfterMs: whole('retry.maxRetryAfterMs', maxRetryAfterMs, 0, LONGEST_TIMER),
    budgetRatio,
    budgetMin: whole('retry.budgetMin', budgetMin, 0, Number.MAX_SAFE_INTEGER),
    ambiguous: flag('retry.ambiguous', ambiguous),
    random,
  }
}

function readTimeouts(timeouts: NonNullable<UploadOptions['timeouts']>): Settings['timeouts'] {
  if (typeof timeouts !== 'object' || timeouts === null) throw mismatch('timeouts', 'an object', timeouts)
  onlyKnown('timeouts', timeouts, ['connectMs', 'stallMs', 'headersMs', 'totalMs'])
  const { connectMs = 10_000, stallMs = 30_000, headersMs = 60_000, totalMs } = timeouts
  return {
    connectMs: whole('timeouts.connectMs', connectMs, 1, LONGEST_TIMER),
    stallMs: whole('timeouts.stallMs', stallMs, 1, LONGEST_TIMER),
    headersMs: whole('timeouts.headersMs', headersMs, 1, LONGEST_TIMER),
    totalMs: totalMs === undefined ? undefined : whole('timeouts.totalMs', totalMs, 1, LONGEST_TIMER),
  }
}

/** The URL without user name, password and fragment, and what the first two become. */
function target(given: string | URL): { url: URL; authorization: HeaderFields } {
  if (!(given instanceof URL) && (typeof given !== 'string' || !URL.canParse(given))) {
    throw mismatch('url', 'an http or https URL', given)
  }
  const url = new URL(given)
  // the message leaves the URL out: it may hold a password
  if (url.protocol !== 'http:' && url.protocol !== 'https:') throw mismatch('url', 'an http or https URL', url.protocol)
  if (url.pathname === '/' && url.search === '') url.pathname = '/images'
  const { username, password } = url
  url.username = ''
  url.password = ''
  url.hash = ''
  if (username === '' && password === '') return { url, authorization: {} }
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`
  return { url, authorization: { authorization: `Basic ${Buffer.from(pair).toString('base64')}` } }
}

function checkHeaders(headers: HeaderFields, option: string): void {
  if (typeof headers !== 'object' || headers === null) throw mismatch(option, 'an object of header fields', headers)
  for (const [name, value] of Object.entries(headers)) {
    if (OURS.has(name.toLowerCase()))
      throw new TypeError(`Expected \`${option}\` not to set ${name}, which the upload sets itself`)
    try {
      validateHeaderName(name)
      validateHeaderValue(name, value)
    } catch {
      // not the value: it may be a secret
      throw new TypeError(`Expected \`${option}\` to hold valid header fields, got a bad ${JSON.stringify(name)}`)
    }
  }
}

function globs(option: string, given: string | readonly string[]): readonly string[] {
  const list = typeof given === 'string' ? [given] : given
  if (!Array.isArray(list) || !list.every((glob) => typeof glob === 'string' && glob !== '' && glob.length <= 1024)) {
    throw mismatch(option, 'globs of 1 to 1,024 characters', given)
  }
  return list
}

function onlyKnown(option: string, given: object, names: readonly string[]): void {
  for (const name of Object.keys(given)) {
    if (!names.includes(name))
      throw new TypeError(`Expected \`${option}\` to hold ${names.join(', ')}, got the unknown \`${name}\``)
  }
}

function flag(option: string, value: boolean): boolean {
  if (typeof value !== 'boolean') throw mismatch(option, 'true or false', value)
  return value
}

function whole(option: string, value: number, from: number, to: number): number {
  if (typeof value !== 'number') throw mismatch(option, 'a number', value)
  if (!Number.isInteger(value) || value < from || value > to) {
    throw outside(option, `an integer from ${from} ${to === Number.MAX_SAFE_INTEGER ? 'and up' : `to ${to}`}`, value)
  }
  return value
}

function mismatch(option: string, expected: string, got: unknown): TypeError {
  return new TypeError(`Expected \`${option}\` to be ${expected}, got ${shown(got)}`)
}

function outside(option: string, expected: string, got: unknown): RangeError {
  return new RangeError(`Expected \`${option}\` to be ${expected}, got ${shown(got)}`)
}

function shown(value: unknown): string {
  return typeof value === 'string'
    ? JSON.stringify(value.slice(0, 80))
    : typeof value === 'object'
      ? typeof value
      : String(value)
}
