import { grown, ReuseStack } from './reuse-stack.ts'
import { LADDER_STEPS, stepOf, TTLS_MS } from './size-ladder.ts'

/** Distances up to this are exact whatever the number of keys. */
const EXACT_SIZE = 1_024
/** Keys sampled; while there are no more than these, all is exact. */
const SAMPLED_KEYS = 4_096
const TTLS: number = TTLS_MS.length
const KEY_RANGE = 2 ** 53

/** What one use of a key would have meant for a cache. */
export interface Use {
  /** Step of the exact distance, -1 if there is none. */
  near: number
  /** Step of the sampled distance; -1 for a key used for the first time, -2 for one that is not in the sample. */
  tail: number
  /** Whether the key is in the sample, and how many uses one of those stands for. */
  sampled: boolean
  weight: number
  /** Bit i: a cache with time to live `TTLS_MS[i]` would have hit. */
  ttls: number
}

/**
 * Would a cache have hit, for every size (LRU) and every time to live, without having one. Distances up to 1,024 are
 * exact. Beyond, keys are sampled by their hash (Waldspurger et al., "Efficient MRC Construction with SHARDS", FAST
 * 2015): only keys below a threshold are followed, their distances scaled up, and the threshold is halved when there
 * are too many. While it was never halved, the sample holds every key and one stack does for both.
 */
export class ReuseCurve {
  readonly #sampled = new ReuseStack(SAMPLED_KEYS)
  #recent: ReuseStack | undefined
  #rate = 1
  /** Beside each sampled key: when a cache with each time to live would have stored it, and the hash of its result. */
  #stored: Float32Array = new Float32Array(TTLS * this.#sampled.capacity)
  #results: Float64Array = new Float64Array(this.#sampled.capacity)

  /** Uses a key at a time in milliseconds (differences matter only, to 24 bits). */
  use(key: number, at: number, into: Use): void {
    const exact = this.#recent === undefined ? 0 : this.#recent.use(key)
    into.near = -1
    into.tail = -2
    into.ttls = 0
    into.weight = 1 / this.#rate
    into.sampled = key < this.#rate * KEY_RANGE
    if (into.sampled) {
      const distance = this.#sampled.use(key)
      this.#keep(at, distance > 0, into)
      if (this.#recent === undefined) {
        if (distance > 0 && distance <= EXACT_SIZE) into.near = stepOf(distance)
        else into.tail = distance === 0 ? -1 : stepOf(distance)
        if (this.#sampled.size === SAMPLED_KEYS) this.#halve()
        return
      }
      // it is known to be farther away than what is exact
      if (exact === 0) into.tail = distance === 0 ? -1 : stepOf(Math.max(distance / this.#rate, EXACT_SIZE + 1))
      if (this.#sampled.size === SAMPLED_KEYS) this.#halve()
    }
    if (exact > 0) into.near = stepOf(exact)
  }

  /** Remembers the hash of a result; whether it is another one than before, or undefined if nothing can be said. */
  result(key: number, hash: number): boolean | undefined {
    if (!this.#sampled.has(key)) return undefined
    const before = this.#results[this.#sampled.entry]!
    this.#results[this.#sampled.entry] = hash
    return before === 0 ? undefined : before !== hash
  }

  /** The call failed: a cache would hold nothing. */
  forget(key: number): void {
    this.#sampled.delete(key)
    this.#recent?.delete(key)
  }

  #keep(at: number, known: boolean, into: Use): void {
    if (this.#results.length < this.#sampled.capacity) {
      this.#stored = grown(this.#stored, new Float32Array(TTLS * this.#sampled.capacity))
      this.#results = grown(this.#results, new Float64Array(this.#sampled.capacity))
    }
    const { entry } = this.#sampled
    const from = entry * TTLS
    if (!known) {
      this.#results[entry] = 0
      this.#stored.fill(at, from, from + TTLS)
      return
    }
    let hits = 0
    for (let i = 0; i < TTLS; i++) {
      if (at - this.#stored[from + i]! < TTLS_MS[i]!) hits |= 1 << i
      else this.#stored[from + i] = at
    }
    into.ttls = hits
  }

  #halve(): void {
    this.#recent ??= recentOf(this.#sampled)
    this.#rate /= 2
    for (const key of this.#sampled.keys()) {
      if (key >= this.#rate * KEY_RANGE) this.#sampled.delete(key)
    }
  }
}

function recentOf(all: ReuseStack): ReuseStack {
  const recent = new ReuseStack(EXACT_SIZE)
  for (const key of all.keys().slice(-EXACT_SIZE)) recent.use(key)
  return recent
}

/** Hits and their time by step of the ladder. */
export class StepTotals {
  readonly #hits = new Float64Array(LADDER_STEPS)
  readonly #ms = new Float64Array(LADDER_STEPS)

  add(step: number, weight: number, ms: number): void {
    this.#hits[step]! += weight
    this.#ms[step]! += ms
  }

  /** Step (as a difference), hits, time, …; `coarser` puts 2, 4 or 8 steps into the largest of them. */
  encode(coarser: number, round: (ms: number) => number): number[] {
    const encoded: number[] = []
    let last = 0
    let hits = 0
    let ms = 0
    for (let step = 0; step < LADDER_STEPS; step++) {
      hits += this.#hits[step]!
      ms += this.#ms[step]!
      if (hits === 0 || (step >= 8 && (step & ((1 << coarser) - 1)) !== (1 << coarser) - 1)) continue
      encoded.push(step - last, hits, round(ms))
      last = step
      hits = ms = 0
    }
    return encoded
  }

  clear(): void {
    this.#hits.fill(0)
    this.#ms.fill(0)
  }
}
