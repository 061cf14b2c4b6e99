import { createHash as sha } from 'node:crypto'
import { CacheRow } from './cache-row.ts'
import type { AnyFunction } from './decorator-types.ts'
import { createHash, type Hash } from './key-hash.ts'
import { check, checkInteger, checkKeys, isA } from './options.ts'
import type { Recorder } from './recorder.ts'
import type { Use } from './reuse-curve.ts'
import type { Subject } from './subject.ts'
import { isPlainPromise } from './timeit.ts'

export interface CacheProfileOptions {
  /** Name of the row; of a class, in place of the class's name. Default: `Owner.method` or the function's name. */
  readonly name?: string
  /** What a cache would use as the key, instead of all arguments. Never written anywhere. */
  readonly key?: (...args: never) => unknown
  /** Leaves `this` out of the key. @default false */
  readonly ignoreThis?: boolean
  /** Results compared with those before, at most in one interval, 0 to 1,000,000. @default 2_000 */
  readonly verify?: number
}

/** One key in this many is timed, chosen at random: the clock takes longer than a small key. */
const KEY_TIMING_STRIDE = 16

export function checkCacheProfile(options: object): CacheProfileOptions {
  const given: CacheProfileOptions = options
  checkKeys(given, ['name', 'key', 'ignoreThis', 'verify'])
  check('name', given.name, 'a string', isA('string'))
  check('key', given.key, 'a function', isA('function'))
  check('ignoreThis', given.ignoreThis, 'a boolean', isA('boolean'))
  checkInteger('verify', given.verify, 0, 1_000_000)
  return given
}

/** The hash of keys and that of results, of one profiler. */
export interface Hashes {
  readonly key: Hash
  readonly result: Hash
}

export function createHashes(salt: string): Hashes {
  const seed = sha('sha256').update(salt).digest()
  const seed1 = seed.readInt32LE(0)
  const seed2 = seed.readInt32LE(4)
  return { key: createHash(seed1, seed2), result: createHash(seed1, seed2, 'refused') }
}

/** The wrapper of `cacheProfile`: the function is called every time, only what a cache would have done is counted. */
export function cacheProfiled(
  fn: AnyFunction,
  subject: Subject,
  options: CacheProfileOptions,
  recorder: Recorder,
): AnyFunction {
  const { key: keyOf, ignoreThis = false, verify = 2_000 } = options
  let row: CacheRow | undefined
  let untimedKeys = recorder.stride(KEY_TIMING_STRIDE) // the first call compiles

  return function ruddleCacheProfile(this: unknown, ...args: unknown[]): unknown {
    const current = row ?? first(this)
    if (current === undefined || !recorder.enabled) return Reflect.apply(fn, this, args)
    current.calls++
    const key = makeKey(current, this, args)
    if (key < 0) {
      current.unkeyed++
      return Reflect.apply(fn, this, args)
    }
    const use: Use = { near: -1, tail: -2, sampled: false, weight: 1, ttls: 0 }
    current.curve.use(key, recorder.age(), use)
    const duplicate = current.inFlight.size > 0 && current.inFlight.has(key)
    const nestedBefore = current.nested
    current.nested = 0
    const start = recorder.now()
    let result: unknown
    try {
      result = Reflect.apply(fn, this, args)
    } catch (error) {
      current.nested = nestedBefore + recorder.now() - start
      failed(current, key)
      throw error
    }
    const ms = recorder.now() - start
    // a call of itself is a call of its own: counted in both, more time could be saved than there was
    const nested = current.nested
    current.nested = nestedBefore + ms
    if (isPlainPromise(result)) return settling(result, current, key, use, duplicate, start, nested)
    current.record(use, ms - nested, duplicate)
    compare(current, key, result)
    return result
  }

  function first(self: unknown): CacheRow | undefined {
    if (!recorder.enabled) return undefined
    const fnName = subject.nameOn(self)
    row = recorder.cacheRow(fnName, subject.at, () => new CacheRow(fnName, subject.at))
    return row
  }

  function makeKey(row: CacheRow, self: unknown, args: unknown[]): number {
    if (untimedKeys-- > 0) return hashKey(self, args)
    untimedKeys = recorder.stride(KEY_TIMING_STRIDE)
    const start = recorder.now()
    const key = hashKey(self, args)
    row.keyMs += (recorder.now() - start) * KEY_TIMING_STRIDE
    return key
  }

  function hashKey(self: unknown, args: unknown[]): number {
    const owner = ignoreThis ? undefined : self
    if (keyOf === undefined) return recorder.hashes.key(args, owner)
    try {
      return recorder.hashes.key([Reflect.apply(keyOf, self, args)], owner)
    } catch {
      return -1
    }
  }

  function failed(row: CacheRow, key: number): void {
    row.errors++
    row.curve.forget(key)
  }

  function compare(row: CacheRow, key: number, result: unknown): void {
    if (row.verified >= verify) return
    row.verified++
    const hash = recorder.hashes.result([result])
    const changed = hash < 0 ? undefined : row.curve.result(key, hash)
    if (changed === undefined) return
    row.checked++
    if (changed) row.changed++
  }

  function settling(
    promise: Promise<unknown>,
    row: CacheRow,
    key: number,
    use: Use,
    duplicate: boolean,
    start: number,
    nested: number,
  ): Promise<unknown> {
    row.inFlight.set(key, (row.inFlight.get(key) ?? 0) + 1)
    const landed = (): void => {
      const others = row.inFlight.get(key)! - 1
      if (others > 0) row.inFlight.set(key, others)
      else row.inFlight.delete(key)
    }
    return promise.then(
      (value) => {
        landed()
        row.record(use, recorder.now() - start - nested, duplicate)
        compare(row, key, value)
        return value
      },
      (error) => {
        landed()
        failed(row, key)
        throw error
      },
    )
  }
}
