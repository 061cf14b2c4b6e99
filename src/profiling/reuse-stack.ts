const FIRST_CAPACITY = 64
const SLOTS_A_KEY = 4

/**
 * The keys last used, and for each use how many different keys were used since the same one (Mattson's stack
 * distance): an LRU cache of at least that size would have hit. Each key stands in the slot of its last use; a Fenwick
 * tree counts the slots taken, so that a use costs O(log n). Grows with the number of keys, up to `capacity`; beyond,
 * the key not used for longest is forgotten.
 *
 * Typed arrays and a hash table of its own: with a Map, a use takes about three times as long.
 */
export class ReuseStack {
  size = 0
  /** Where the key last used or found is kept: an index for whoever stores something beside it. */
  entry = 0
  readonly #limit: number
  #capacity = FIRST_CAPACITY
  #keys: Float64Array = new Float64Array(FIRST_CAPACITY)
  #slotOf: Int32Array = new Int32Array(FIRST_CAPACITY)
  #free: Int32Array = new Int32Array(FIRST_CAPACITY)
  /** Hash table of entries, linear probing; 0 is empty, else entry + 1. So are slots. */
  #table: Int32Array = new Int32Array(2 * FIRST_CAPACITY)
  #slots: Int32Array = new Int32Array(SLOTS_A_KEY * FIRST_CAPACITY)
  #tree: Int32Array = new Int32Array(SLOTS_A_KEY * FIRST_CAPACITY + 1)
  #next = 0
  #oldest = 0
  #freed = 0
  #used = 0

  constructor(capacity: number) {
    this.#limit = capacity
  }

  get capacity(): number {
    return this.#capacity
  }

  /** Uses a key: its distance, from 1, or 0 if it is not known. */
  use(key: number): number {
    if (this.#next === this.#slots.length) this.#compact()
    const place = this.#find(key)
    const found = this.#table[place]!
    if (found === 0) {
      this.#insert(key)
      return 0
    }
    const entry = found - 1
    this.entry = entry
    const slot = this.#slotOf[entry]!
    if (slot === this.#next - 1) return 1
    const distance = this.size - this.#takenUpTo(slot) + 1
    this.#count(slot, -1)
    this.#slots[slot] = 0
    this.#stand(entry)
    return distance
  }

  has(key: number): boolean {
    const found = this.#table[this.#find(key)]!
    this.entry = found - 1
    return found !== 0
  }

  delete(key: number): void {
    const place = this.#find(key)
    const found = this.#table[place]!
    if (found === 0) return
    const slot = this.#slotOf[found - 1]!
    this.#count(slot, -1)
    this.#slots[slot] = 0
    this.#free[this.#freed++] = found - 1
    this.size--
    this.#close(place)
  }

  /** From the one not used for longest. */
  keys(): number[] {
    const keys: number[] = []
    for (let slot = 0; slot < this.#next; slot++) {
      const taken = this.#slots[slot]!
      if (taken !== 0) keys.push(this.#keys[taken - 1]!)
    }
    return keys
  }

  #find(key: number): number {
    const mask = this.#table.length - 1
    for (let place = key & mask; ; place = (place + 1) & mask) {
      const found = this.#table[place]!
      if (found === 0 || this.#keys[found - 1] === key) return place
    }
  }

  #insert(key: number): void {
    if (this.size === this.#limit) {
      while (this.#slots[this.#oldest] === 0) this.#oldest++
      this.delete(this.#keys[this.#slots[this.#oldest]! - 1]!)
    } else if (this.size === this.#capacity) this.#grow()
    const entry = this.#freed > 0 ? this.#free[--this.#freed]! : this.#used++
    this.entry = entry
    this.#keys[entry] = key
    this.#table[this.#find(key)] = entry + 1
    this.size++
    this.#stand(entry)
  }

  #stand(entry: number): void {
    const slot = this.#next++
    this.#slotOf[entry] = slot
    this.#slots[slot] = entry + 1
    this.#count(slot, 1)
  }

  /** Empties a place of the table and moves those behind it up. */
  #close(place: number): void {
    const mask = this.#table.length - 1
    let hole = place
    for (let next = (hole + 1) & mask; this.#table[next] !== 0; next = (next + 1) & mask) {
      const home = this.#keys[this.#table[next]! - 1]! & mask
      if (((next - home) & mask) < ((next - hole) & mask)) continue
      this.#table[hole] = this.#table[next]!
      hole = next
    }
    this.#table[hole] = 0
  }

  #count(slot: number, change: number): void {
    const tree = this.#tree
    for (let i = slot + 1; i < tree.length; i += i & -i) tree[i]! += change
  }

  #takenUpTo(slot: number): number {
    const tree = this.#tree
    let taken = 0
    for (let i = slot + 1; i > 0; i -= i & -i) taken += tree[i]!
    return taken
  }

  /** Moves all keys to the first slots. */
  #compact(): void {
    const taken = this.#slots.filter((entry) => entry !== 0)
    this.#slots.fill(0)
    this.#slots.set(taken)
    this.#tree.fill(0)
    taken.forEach((entry, slot) => {
      this.#slotOf[entry - 1] = slot
    })
    for (let i = 1; i < this.#tree.length; i++) {
      this.#tree[i]! += i <= taken.length ? 1 : 0
      const above = i + (i & -i)
      if (above < this.#tree.length) this.#tree[above]! += this.#tree[i]!
    }
    this.#next = taken.length
    this.#oldest = 0
  }

  #grow(): void {
    this.#capacity = Math.min(this.#limit, this.#capacity * 2)
    this.#keys = grown(this.#keys, new Float64Array(this.#capacity))
    this.#slotOf = grown(this.#slotOf, new Int32Array(this.#capacity))
    this.#free = grown(this.#free, new Int32Array(this.#capacity))
    this.#slots = grown(this.#slots, new Int32Array(SLOTS_A_KEY * this.#capacity))
    this.#tree = new Int32Array(SLOTS_A_KEY * this.#capacity + 1)
    this.#table = new Int32Array(2 * this.#capacity)
    this.#compact()
    for (const key of this.#slots.subarray(0, this.#next)) this.#table[this.#find(this.#keys[key - 1]!)] = key
  }
}

export function grown<A extends Float64Array | Float32Array | Int32Array>(from: A, into: A): A {
  into.set(from)
  return into
}
