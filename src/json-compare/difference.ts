import { jsonType } from './value.ts'

/** One difference between two JSON values `a` and `b`. */
export interface JsonDifference {
  /**
   * - `changed`: other value of the same JSON type
   * - `type`: other JSON type; null is a type
   * - `added`: only in `b`
   * - `removed`: only in `a`
   */
  readonly kind: 'changed' | 'added' | 'removed' | 'type'
  /** JSON Pointer (RFC 6901): `''` is the whole value, `/items/0/price` a place in it. For `added` it points into `b`. */
  readonly path: string
  /** The value in `a`; there is none for `added`. */
  readonly a?: unknown
  /** The value in `b`; there is none for `removed`. */
  readonly b?: unknown
  /** `b - a`, for two finite numbers. */
  readonly delta?: number
}

/** The difference of two values that are present and unequal. */
export function change(path: string, a: unknown, b: unknown): JsonDifference {
  if (jsonType(a) !== jsonType(b)) return { kind: 'type', path, a, b }
  if (typeof a !== 'number' || typeof b !== 'number') return { kind: 'changed', path, a, b }
  return Number.isFinite(a) && Number.isFinite(b)
    ? { kind: 'changed', path, a, b, delta: b - a }
    : { kind: 'changed', path, a, b }
}
