import type { AreaCoefficients } from './area-limits.ts'
import { areaSimdBinary } from './area-simd-binary.ts'
import type { Kernel } from './kernel.ts'

// The part of the global object that is used: TypeScript knows it only together with the whole DOM.
declare const WebAssembly: {
  readonly Module: new (binary: Uint8Array) => object
  readonly Instance: new (module: object) => { readonly exports: unknown }
}

/** What area-simd.wat exports. */
interface Simd {
  readonly memory: { readonly buffer: ArrayBuffer }
  rgb(end: number, hue: number, ofRed: number, ofLow: number, leastRed: number): number
  rgba(end: number, hue: number, ofRed: number, ofLow: number, leastRed: number): [red: number, weight: number]
}

/**
 * 8 bit, in WebAssembly: 20 times faster than floating-point HSV, with the copying of each block into its memory.
 * Undefined where WebAssembly or its SIMD is missing or forbidden (by a content security policy).
 */
export function areaSimd(coefficients: AreaCoefficients, channels: 3 | 4): Kernel | undefined {
  const simd = instance()
  if (simd === undefined) return undefined
  const { hue, ofRed, ofLow, leastRed } = coefficients
  const memory = new Uint8Array(simd.memory.buffer)
  return (block) => {
    memory.set(block)
    const bytesARound = channels * 16
    const end = Math.ceil(block.length / bytesARound) * bytesARound
    memory.fill(0, block.length, end)
    if (channels === 3) {
      return { red: simd.rgb(end, hue, ofRed, ofLow, leastRed), weight: block.length / 3 }
    }
    const [red, weight] = simd.rgba(end, hue, ofRed, ofLow, leastRed)
    return { red, weight }
  }
}

/**
 * One instance serves all counters, since each call of a kernel fills its memory anew, and each instance would take
 * some GB of address space. Made at the first use: it costs more than counting a small picture.
 */
const instance = once((): Simd | undefined => {
  try {
    const module = new WebAssembly.Module(Uint8Array.from(atob(areaSimdBinary), (char) => char.charCodeAt(0)))
    return new WebAssembly.Instance(module).exports as Simd
  } catch {
    return undefined
  }
})

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined
  return () => {
    made ??= { value: make() }
    return made.value
  }
}
