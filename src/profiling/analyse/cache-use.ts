import type { CacheLine } from '../log-line.ts'
import { CacheCurve, type CurvePoint } from './cache-curve.ts'

/** One function with `cacheProfile`, over all lines. */
export interface CacheUse {
  readonly fn: string
  readonly at: string
  readonly calls: number
  readonly errors: number
  /** Calls whose arguments were too large for a key: they are in no curve. */
  readonly unkeyed: number
  readonly sumMs: number
  /** Different keys, summed over the processes. */
  readonly keys: number
  readonly sizes: readonly CurvePoint[]
  readonly ttls: readonly CurvePoint[]
  readonly checked: number
  readonly changed: number
  readonly duplicates: number
  readonly duplicateMs: number
  readonly keyMs: number
}

/** Adds up the lines of one function. */
export class CacheTotals {
  readonly #curve = new CacheCurve()
  readonly #totals: Omit<{ -readonly [Name in keyof CacheUse]: CacheUse[Name] }, 'sizes' | 'ttls'>

  constructor({ fn, at }: CacheLine) {
    this.#totals = {
      fn,
      at,
      calls: 0,
      errors: 0,
      unkeyed: 0,
      sumMs: 0,
      keys: 0,
      checked: 0,
      changed: 0,
      duplicates: 0,
      duplicateMs: 0,
      keyMs: 0,
    }
  }

  add(line: CacheLine): void {
    const totals = this.#totals
    totals.calls += line.n
    totals.errors += line.err
    totals.unkeyed += line.unkeyed
    totals.sumMs += line.sum
    totals.keys += line.keys
    totals.checked += line.checked
    totals.changed += line.changed
    totals.duplicates += line.dup[0]
    totals.duplicateMs += line.dup[1]
    totals.keyMs += line.keyMs
    this.#curve.add(line)
  }

  result(): CacheUse {
    return { ...this.#totals, sizes: this.#curve.sizes(), ttls: this.#curve.ttls() }
  }
}
