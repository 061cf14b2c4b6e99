import { type PerfLine, SCHEMA_VERSION } from '../log-line.ts'

/** Checks what a field holds; a log is written by anybody. */
type Check = (value: unknown) => boolean

const MAX_ITEMS = 20_000
const MAX_TEXT = 1_000

const count: Check = (value) => typeof value === 'number' && value >= 0 && value <= Number.MAX_SAFE_INTEGER
const integer: Check = (value) => count(value) && Number.isInteger(value)
/** The last moment that a `Date` can name, so that a report can say every one. */
const moment: Check = (value) => count(value) && (value as number) <= 8.64e15
const time: Check = (value) => typeof value === 'number' && Math.abs(value) < 1e15
const text: Check = (value) => typeof value === 'string' && value.length <= MAX_TEXT
const data: Check = (value) => typeof value === 'string' && value.length <= 2_000_000
const flag: Check = (value) => value === true
const listOf =
  (item: Check, multiple = 1): Check =>
  (value) =>
    Array.isArray(value) && value.length <= MAX_ITEMS && value.length % multiple === 0 && value.every(item)
const tuple =
  (...items: Check[]): Check =>
  (value) =>
    Array.isArray(value) && value.length === items.length && items.every((item, i) => item(value[i]))
const optional =
  (check: Check): Check =>
  (value) =>
    value === undefined || check(value)

const head: Record<string, Check> = {
  v: (value) => value === SCHEMA_VERSION,
  id: (value) => typeof value === 'string' && /^[0-9a-f]{16}$/.test(value),
  q: integer,
  tid: integer,
  run: optional(text),
  t0: moment,
  t1: moment,
}
const about: Record<string, Check> = { fn: text, at: text }

const fields: Record<PerfLine['k'], Record<string, Check>> = {
  timeit: {
    ...about,
    n: count,
    outer: count,
    timed: count,
    err: count,
    async: count,
    sum: time,
    self: time,
    sync: time,
    min: time,
    max: time,
    flight: tuple(count, count),
    hb: (value) => integer(value) && (value as number) <= 5,
    h: listOf(integer, 2),
    hs: optional(listOf(integer, 2)),
    edges: optional(listOf(tuple(text, text, count, time))),
    exact: optional(flag),
  },
  slow: { ...about, ms: time, skipped: count },
  cache: {
    ...about,
    n: count,
    err: count,
    unkeyed: count,
    sum: time,
    keys: count,
    near: listOf(time, 3),
    far: tuple(count, time),
    tail: listOf(time, 3),
    cold: tuple(count, time),
    ttl: listOf(time, 2),
    ttlOf: tuple(count, time),
    checked: count,
    changed: count,
    dup: tuple(count, time),
    keyMs: time,
  },
  cpu: {
    ...about,
    p: integer,
    i: integer,
    of: integer,
    crc: integer,
    d: data,
    ms: time,
    overlap: count,
    cut: optional(flag),
    top: optional(listOf(tuple(text, text, time))),
  },
  process: { cpu: time, elu: time, rss: count, dropped: count, lost: count, skipped: count },
}

/** The line, if it has the form of one. */
export function parseLine(value: unknown): PerfLine | undefined {
  if (!isRecord(value)) return undefined
  const { k } = value
  if (typeof k !== 'string' || !isKind(k)) return undefined
  for (const checks of [head, fields[k]]) {
    for (const name in checks) if (!checks[name]!(value[name])) return undefined
  }
  return value as unknown as PerfLine // every field was checked
}

function isKind(kind: string): kind is PerfLine['k'] {
  return Object.hasOwn(fields, kind)
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
