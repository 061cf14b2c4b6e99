/** The plain twin of the reuse stack: a list of keys, the last used first. */
export class ReuseList {
  #keys: number[] = []
  readonly #capacity: number

  constructor(capacity: number) {
    this.#capacity = capacity
  }

  use(key: number): number {
    const place = this.#keys.indexOf(key)
    if (place >= 0) this.#keys.splice(place, 1)
    this.#keys.unshift(key)
    this.#keys.length = Math.min(this.#keys.length, this.#capacity)
    return place + 1
  }

  delete(key: number): void {
    this.#keys = this.#keys.filter((other) => other !== key)
  }

  keys(): number[] {
    return [...this.#keys].reverse()
  }
}

/** Hit rate of a real LRU cache. */
export function lruHitRate(keys: readonly number[], size: number): number {
  const cache = new Map<number, true>()
  let hits = 0
  for (const key of keys) {
    if (cache.delete(key)) hits++
    else if (cache.size === size) cache.delete(cache.keys().next().value!)
    cache.set(key, true)
  }
  return hits / keys.length
}

/** A generator of pseudo-random numbers from 0 to 1 (mulberry32). */
export function random(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}

function zipf(count: number, exponent: number, next: () => number): () => number {
  const sums = new Float64Array(count)
  let sum = 0
  for (let i = 0; i < count; i++) {
    sum += 1 / (i + 1) ** exponent
    sums[i] = sum
  }
  return () => {
    const wanted = next() * sum
    let low = 0
    let high = count - 1
    while (low < high) {
      const middle = (low + high) >> 1
      if (sums[middle]! < wanted) low = middle + 1
      else high = middle
    }
    return low
  }
}

/** Six loads: skewed a little, plainly and strongly, even, a loop larger than what is exact, and no repeat at all. */
export function workloads(seed: number): Record<string, () => number> {
  const next = random(seed)
  let turn = 0
  let fresh = 0
  return {
    'Zipf 0.7, 100,000 keys': zipf(100_000, 0.7, next),
    'Zipf 1.0, 100,000 keys': zipf(100_000, 1, next),
    'Zipf 1.2, 500 keys': zipf(500, 1.2, next),
    'uniform, 20,000 keys': () => Math.floor(next() * 20_000),
    'loop of 1,500': () => turn++ % 1_500,
    'no repeats': () => fresh++,
  }
}

export const SIZES: readonly number[] = Array.from({ length: 17 }, (_, i) => 2 ** i)
