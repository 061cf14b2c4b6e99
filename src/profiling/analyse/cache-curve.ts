import type { CacheLine } from '../log-line.ts'
import { LADDER_STEPS, sizeAt, TTLS_MS } from '../size-ladder.ts'

/** What a cache of one size, or with one time to live, would have done. */
export interface CurvePoint {
  /** Keys that an LRU cache holds, or milliseconds to live (from the writing, whatever the number of keys). */
  readonly at: number
  /** Share of the calls that hit, 0 to 1. */
  readonly hitRate: number
  /** Time of the calls that hit, in milliseconds. */
  readonly savedMs: number
}

/** Adds up the curves of lines. */
export class CacheCurve {
  readonly #near = new Float64Array(2 * LADDER_STEPS)
  readonly #tail = new Float64Array(2 * LADDER_STEPS)
  readonly #ttl = new Float64Array(2 * TTLS_MS.length)
  #far = [0, 0]
  #cold = [0, 0]
  #ttlOf = [0, 0]

  add(line: CacheLine): void {
    addSteps(this.#near, line.near)
    addSteps(this.#tail, line.tail)
    for (let i = 0; i < this.#ttl.length; i++) this.#ttl[i]! += line.ttl[i] ?? 0
    this.#far = sum(this.#far, line.far)
    this.#cold = sum(this.#cold, line.cold)
    this.#ttlOf = sum(this.#ttlOf, line.ttlOf)
  }

  /** One point for every size at which something changes, ascending. */
  sizes(): CurvePoint[] {
    const [farCalls = 0, farMs = 0] = this.#far
    // beyond the exact distances the sample says which share of the far calls hits
    const tailCalls = total(this.#tail, 0) + this.#cold[0]!
    const tailMs = total(this.#tail, 1) + this.#cold[1]!
    const perCall = tailCalls > 0 ? farCalls / tailCalls : 0
    const perMs = tailMs > 0 ? farMs / tailMs : 0
    const calls = total(this.#near, 0) + farCalls
    const points: CurvePoint[] = []
    let hits = 0
    let saved = 0
    for (let step = 0; step < LADDER_STEPS; step++) {
      const more = this.#near[2 * step]! + this.#tail[2 * step]! * perCall
      if (more === 0) continue
      hits += more
      saved += this.#near[2 * step + 1]! + this.#tail[2 * step + 1]! * perMs
      points.push({ at: sizeAt(step), hitRate: calls > 0 ? hits / calls : 0, savedMs: saved })
    }
    return points
  }

  ttls(): CurvePoint[] {
    const calls = total(this.#near, 0) + this.#far[0]!
    const ms = total(this.#near, 1) + this.#far[1]!
    const [sampled = 0, sampledMs = 0] = this.#ttlOf
    return TTLS_MS.map((at, i) => ({
      at,
      hitRate: sampled > 0 && calls > 0 ? this.#ttl[2 * i]! / sampled : 0,
      savedMs: sampledMs > 0 ? (this.#ttl[2 * i + 1]! / sampledMs) * ms : 0,
    }))
  }
}

/** The hit rate of an LRU cache of a size, by the last point at or below it. */
export function pointAt(points: readonly CurvePoint[], size: number): CurvePoint {
  let best: CurvePoint = { at: 0, hitRate: 0, savedMs: 0 }
  for (const point of points) if (point.at <= size) best = point
  return best
}

function addSteps(into: Float64Array, encoded: readonly number[]): void {
  let step = 0
  for (let i = 0; i + 2 < encoded.length; i += 3) {
    step += encoded[i]!
    if (step < 0 || step >= LADDER_STEPS || !Number.isInteger(step)) return
    into[2 * step]! += encoded[i + 1]!
    into[2 * step + 1]! += encoded[i + 2]!
  }
}

function sum(a: readonly number[], b: readonly number[]): number[] {
  return a.map((value, i) => value + (b[i] ?? 0))
}

function total(pairs: Float64Array, offset: 0 | 1): number {
  let result = 0
  for (let i = offset; i < pairs.length; i += 2) result += pairs[i]!
  return result
}
