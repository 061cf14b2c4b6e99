import { type CacheLine, roundMs } from './log-line.ts'
import { ReuseCurve, StepTotals, type Use } from './reuse-curve.ts'
import { TTLS_MS } from './size-ladder.ts'

type Body = Omit<CacheLine, 'v' | 'id' | 'q' | 'tid' | 'run' | 't0' | 't1'>

/** What `cacheProfile` knows of one function: the curve since the start, and totals of the current interval. */
export class CacheRow {
  readonly fn: string
  readonly at: string
  readonly curve: ReuseCurve = new ReuseCurve()
  /** Keys of asynchronous calls in flight. */
  readonly inFlight: Map<number, number> = new Map()
  /** Time spent in calls of this function by the call of this function that is running. */
  nested = 0
  calls = 0
  errors = 0
  unkeyed = 0
  verified = 0
  checked = 0
  changed = 0
  keyMs = 0
  #sum = 0
  #keys = 0
  #far = 0
  #farMs = 0
  #cold = 0
  #coldMs = 0
  #sampled = 0
  #sampledMs = 0
  #duplicates = 0
  #duplicateMs = 0
  readonly #near = new StepTotals()
  readonly #tail = new StepTotals()
  readonly #ttl: Float64Array = new Float64Array(2 * TTLS_MS.length)

  constructor(fn: string, at: string) {
    this.fn = fn
    this.at = at
  }

  /** A keyed call that gave a result. */
  record({ near, tail, sampled, weight, ttls }: Readonly<Use>, ms: number, duplicate: boolean): void {
    this.#sum += ms
    if (near >= 0) this.#near.add(near, 1, ms)
    else {
      this.#far++
      this.#farMs += ms
      if (tail >= 0) this.#tail.add(tail, weight, ms * weight)
      else if (tail === -1) {
        this.#cold += weight
        this.#coldMs += ms * weight
        this.#keys += weight
      }
    }
    if (sampled) this.#recordTtls(ttls, weight, ms)
    if (duplicate) {
      this.#duplicates++
      this.#duplicateMs += ms
    }
  }

  #recordTtls(ttls: number, weight: number, ms: number): void {
    this.#sampled += weight
    this.#sampledMs += ms * weight
    for (let i = 0, bits = ttls; bits !== 0; i++, bits >>= 1) {
      if ((bits & 1) === 0) continue
      this.#ttl[2 * i]! += weight
      this.#ttl[2 * i + 1]! += ms * weight
    }
  }

  get idle(): boolean {
    return this.calls === 0
  }

  line(maxBytes: number): Body {
    for (let coarser = 0; ; coarser++) {
      const line = {
        k: 'cache' as const,
        fn: this.fn,
        at: this.at,
        n: this.calls,
        err: this.errors,
        unkeyed: this.unkeyed,
        sum: roundMs(this.#sum),
        keys: this.#keys,
        near: this.#near.encode(coarser, roundMs),
        far: [this.#far, roundMs(this.#farMs)] as const,
        tail: this.#tail.encode(coarser, roundMs),
        cold: [this.#cold, roundMs(this.#coldMs)] as const,
        ttl: Array.from(this.#ttl, roundMs),
        ttlOf: [this.#sampled, roundMs(this.#sampledMs)] as const,
        checked: this.checked,
        changed: this.changed,
        dup: [this.#duplicates, roundMs(this.#duplicateMs)] as const,
        keyMs: roundMs(this.keyMs),
      }
      if (coarser === 3 || Buffer.byteLength(JSON.stringify(line)) <= maxBytes) return line
    }
  }

  clear(): void {
    this.calls = this.errors = this.unkeyed = this.verified = this.checked = this.changed = this.keyMs = 0
    this.#sum = this.#keys = this.#far = this.#farMs = this.#cold = this.#coldMs = 0
    this.#sampled = this.#sampledMs = this.#duplicates = this.#duplicateMs = 0
    this.#near.clear()
    this.#tail.clear()
    this.#ttl.fill(0)
  }
}
