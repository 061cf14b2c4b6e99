/**
 * What becomes of a value that cannot be looked into: a key tells it from others, but a result that holds one cannot be
 * compared with another.
 */
export type Opaque = 'identity' | 'refused'

/** Hashes a list of values by their structure to 53 bits; -1 if that would take too long or fails. */
export type Hash = (values: readonly unknown[], self?: unknown) => number

/** Values visited at most, of which a text counts one per 16 characters: a large argument must not hold up the call. */
const BUDGET = 4_096
const CHARACTERS_A_STEP = 16
const MAX_DEPTH = 64

class NoHash extends Error {}

/**
 * Two 32-bit streams of multiply and xor-shift, begun with a secret: the hash of a telephone number could be looked
 * up otherwise. Objects of the same content are the same whatever the order of their keys; instances count their own
 * data properties, and those without any (private fields) are told apart by identity. Getters of instances are not
 * called. 0.13 to 0.68 of the time of JSON.stringify where measured.
 */
export function createHash(seed1: number, seed2: number, opaque: Opaque = 'identity'): Hash {
  const double = new Float64Array(1)
  const words = new Uint32Array(double.buffer)
  const identities = new WeakMap<object, number>()
  const path: object[] = []
  let identity = 0
  let h1 = 0
  let h2 = 0
  let budget = 0

  function mix(word: number): void {
    h1 = Math.imul(h1 ^ word, 0x85ebca6b)
    h1 ^= h1 >>> 13
    h2 = Math.imul(h2 ^ word, 0xc2b2ae35)
    h2 ^= h2 >>> 16
  }

  function text(value: string): void {
    const { length } = value
    budget -= length / CHARACTERS_A_STEP
    if (budget < 0) throw new NoHash()
    let a = h1
    let b = h2 ^ length
    for (let i = 0; i < length; i++) {
      const code = value.charCodeAt(i)
      a = Math.imul(a ^ code, 0x01000193)
      b = Math.imul(b + code, 0x9e3779b1) ^ (b >>> 15)
    }
    h1 = a ^ (a >>> 15)
    h2 = b
  }

  function number(value: number): void {
    if ((value | 0) === value) {
      mix(1)
      mix(value | 0)
      return
    }
    double[0] = Number.isNaN(value) ? Number.NaN : value // one NaN for all
    mix(2)
    mix(words[0]!)
    mix(words[1]!)
  }

  function same(value: object): void {
    let id = identities.get(value)
    if (id === undefined) {
      id = ++identity
      identities.set(value, id)
    }
    mix(8)
    mix(id)
  }

  function unseen(value: object): void {
    if (opaque === 'refused') throw new NoHash()
    same(value)
  }

  function visit(value: unknown): void {
    if (--budget < 0) throw new NoHash()
    if (typeof value === 'number') number(value)
    else if (typeof value === 'string') {
      mix(3)
      text(value)
    } else if (typeof value === 'boolean') mix(value ? 4 : 5)
    else if (value === undefined) mix(6)
    else if (value === null) mix(10)
    else if (typeof value === 'object') object(value)
    else if (typeof value === 'function') unseen(value)
    else {
      mix(typeof value === 'bigint' ? 7 : 9)
      text(String(value))
    }
  }

  function object(value: object): void {
    const above = path.lastIndexOf(value)
    if (above >= 0) {
      mix(11)
      mix(path.length - above)
      return
    }
    if (path.length > MAX_DEPTH) throw new NoHash()
    path.push(value)
    if (Array.isArray(value)) {
      mix(12)
      mix(value.length)
      for (let i = 0; i < value.length; i++) visit(value[i])
    } else {
      const prototype: unknown = Object.getPrototypeOf(value)
      if (prototype === Object.prototype || prototype === null) plain(value)
      else instance(value)
    }
    path.pop()
  }

  function plain(value: object): void {
    mix(13)
    unordered((entry) => {
      for (const key in value) entry(() => property(key, Reflect.get(value, key)))
    })
  }

  function property(key: string, value: unknown): void {
    text(key)
    visit(value)
  }

  /** Adds up the hashes of entries, so that their order does not matter. */
  function unordered(entries: (entry: (hash: () => void) => void) => void): void {
    const before1 = h1
    const before2 = h2
    let sum1 = 0
    let sum2 = 0
    let size = 0
    entries((hash) => {
      h1 = before1
      h2 = before2
      hash()
      sum1 = (sum1 + h1) | 0
      sum2 = (sum2 + h2) | 0
      size++
    })
    h1 = before1
    h2 = before2
    mix(size)
    mix(sum1)
    mix(sum2)
  }

  function instance(value: object): void {
    if (value instanceof Date) {
      mix(14)
      number(Date.prototype.getTime.call(value))
    } else if (value instanceof RegExp || value instanceof URL) {
      mix(15)
      text(String(value))
    } else if (value instanceof Map) {
      mix(16)
      unordered((entry) => {
        for (const [key, item] of Map.prototype.entries.call(value)) {
          entry(() => {
            visit(key)
            visit(item)
          })
        }
      })
    } else if (value instanceof Set) {
      mix(17)
      unordered((entry) => {
        for (const item of Set.prototype.values.call(value)) entry(() => visit(item))
      })
    } else if (ArrayBuffer.isView(value)) {
      same(Object.getPrototypeOf(value)) // the same bytes of another type are another key
      bytes(new Uint8Array(value.buffer, value.byteOffset, value.byteLength))
    } else if (value instanceof ArrayBuffer) bytes(new Uint8Array(value))
    else ownData(value)
  }

  function ownData(value: object): void {
    const keys = Object.keys(value).filter((key) => 'value' in (Reflect.getOwnPropertyDescriptor(value, key) ?? {}))
    if (keys.length === 0) {
      unseen(value)
      return
    }
    same(Object.getPrototypeOf(value))
    unordered((entry) => {
      for (const key of keys) entry(() => property(key, Reflect.get(value, key)))
    })
  }

  function bytes(value: Uint8Array): void {
    budget -= value.length / CHARACTERS_A_STEP
    if (budget < 0) throw new NoHash()
    mix(18)
    mix(value.length)
    for (let i = 0; i < value.length; i++) mix(value[i]!)
  }

  return (values, self) => {
    h1 = seed1
    h2 = seed2
    budget = BUDGET
    try {
      if (typeof self === 'object' ? self !== null : typeof self === 'function') same(self as object)
      for (let i = 0; i < values.length; i++) visit(values[i])
    } catch {
      path.length = 0
      return -1
    }
    return (h1 >>> 0) * 0x20_0000 + (h2 >>> 11)
  }
}
