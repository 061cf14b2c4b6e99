import type { Sink } from './sink.ts'

export interface ProfilerOptions {
  /** Where lines go: a function, a writable stream, a pino logger, a console. Default: standard output. */
  readonly sink?: Sink
  /** How often the aggregates are written, in milliseconds, 100 to 3,600,000. @default 10_000 */
  readonly flushMs?: number
  /** Functions recorded; those beyond are called as they are, and counted. 1 to 100,000. @default 512 */
  readonly maxFunctions?: number
  /** Length of a line at most, in bytes, 2,000 to 1,000,000: log drivers cut longer ones. @default 8_000 */
  readonly maxLineBytes?: number
  /** A monotonic clock in milliseconds. @default performance.now */
  readonly now?: () => number
  /** The deploy, for `ruddle perf diff`: a version or commit, up to 120 characters. */
  readonly run?: string
  /** Makes the hashes of keys repeat between processes; without it they are random. */
  readonly salt?: string
  /** If false, functions are given back as they are. @default true */
  readonly enabled?: boolean
  /**
   * Follows calls through `await`, so that self times and edges of asynchronous functions are exact. It makes every
   * `await` of the process slower on Node before 24 (2.8-fold where measured). @default false
   */
  readonly asyncEdges?: boolean
}

export type ResolvedOptions = Required<Omit<ProfilerOptions, 'sink' | 'run' | 'salt'>> &
  Pick<ProfilerOptions, 'sink' | 'run' | 'salt'>

const defaults: ResolvedOptions = {
  flushMs: 10_000,
  maxFunctions: 512,
  maxLineBytes: 8_000,
  now: performance.now.bind(performance), // looking `performance` up at every call would add 12 ns to 60
  enabled: true,
  asyncEdges: false,
}

export function resolveOptions(options: ProfilerOptions, base: ResolvedOptions = defaults): ResolvedOptions {
  checkKeys(options, PROFILER_OPTIONS)
  checkInteger('flushMs', options.flushMs, 100, 3_600_000)
  checkInteger('maxFunctions', options.maxFunctions, 1, 100_000)
  checkInteger('maxLineBytes', options.maxLineBytes, 2_000, 1_000_000)
  check('now', options.now, 'a function', isA('function'))
  check(
    'run',
    options.run,
    'a string of 1 to 120 characters',
    (run) => typeof run === 'string' && /^[^\p{C}]{1,120}$/u.test(run),
  )
  check('salt', options.salt, 'a string', isA('string'))
  check('enabled', options.enabled, 'a boolean', isA('boolean'))
  check('asyncEdges', options.asyncEdges, 'a boolean', isA('boolean'))
  check('sink', options.sink, 'a function, stream, logger or console', isSink)
  const given = Object.entries(options).filter(([, value]) => value !== undefined)
  return { ...base, ...Object.fromEntries(given) }
}

const PROFILER_OPTIONS = [
  'sink',
  'flushMs',
  'maxFunctions',
  'maxLineBytes',
  'now',
  'run',
  'salt',
  'enabled',
  'asyncEdges',
] as const satisfies readonly (keyof ProfilerOptions)[]

function isSink(sink: unknown): boolean {
  if (typeof sink === 'function') return true
  if (typeof sink !== 'object' || sink === null) return false
  return ['write', 'info', 'log'].some((name) => typeof Reflect.get(sink, name) === 'function')
}

export function isA(type: 'function' | 'string' | 'boolean' | 'number'): (value: unknown) => boolean {
  return (value) => typeof value === type
}

export function checkKeys(options: object, known: readonly string[]): void {
  for (const key of Object.keys(options)) {
    if (!known.includes(key)) throw new TypeError(`Expected options among ${known.join(', ')}, got \`${key}\``)
  }
}

export function check(name: string, value: unknown, expected: string, valid: (value: unknown) => boolean): void {
  if (value !== undefined && !valid(value))
    throw new TypeError(`Expected \`${name}\` to be ${expected}, got ${show(value)}`)
}

export function checkInteger(name: string, value: unknown, from: number, to: number): void {
  checkNumber(name, value, from, to, 'an integer', Number.isInteger)
}

export function checkNumber(
  name: string,
  value: unknown,
  from: number,
  to: number,
  what = 'a number',
  valid: (value: unknown) => boolean = isA('number'),
): void {
  if (value === undefined || (valid(value) && (value as number) >= from && (value as number) <= to)) return
  const message = `Expected \`${name}\` to be ${what} from ${from} to ${to}, got ${show(value)}`
  throw typeof value === 'number' ? new RangeError(message) : new TypeError(message)
}

function show(value: unknown): string {
  return typeof value === 'string'
    ? JSON.stringify(value.slice(0, 40))
    : value === null || typeof value !== 'object'
      ? String(value)
      : 'an object'
}
