import fastDeepEqual from 'fast-deep-equal/es6/index.js'

/** A non-null object, read through its own enumerable string keys. */
export type JsonObject = { readonly [key: string]: unknown }

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null
}

/** The JSON type of a value; what JSON does not have keeps the name `typeof` gives it. */
export function jsonType(value: unknown): string {
  if (value === null) return 'null'
  return Array.isArray(value) ? 'array' : typeof value
}

const { propertyIsEnumerable: isEnumerable, toString: tag } = Object.prototype

/** Is `key` one of the keys that `Object.keys(value)` lists? */
export function hasKey(value: JsonObject, key: string): boolean {
  return isEnumerable.call(value, key)
}

/** What kind of object JavaScript takes a value for: `[object Date]`. */
export function tagOf(value: unknown): string {
  return tag.call(value)
}

/** Do these two have to be compared as a whole, because one is something else than its keys: a Date, a Map, bytes? */
export function areLeafObjects(a: JsonObject, b: JsonObject): boolean {
  return !(Array.isArray(a) && Array.isArray(b)) && (isLeafObject(a) || isLeafObject(b))
}

/** Such objects have no keys, or indexes: looking more closely at every object cost 10 to 20 % of the whole comparison. */
function isLeafObject(value: JsonObject): boolean {
  const [first = '0'] = Object.keys(value)
  return first === '0' && tagOf(value) !== '[object Object]'
}

/** Compares, exactly, objects that JSON does not have: dates, regular expressions, maps, sets, buffers, boxed values. */
export function leafObjectsAreEqual(a: JsonObject, b: JsonObject): boolean {
  if (Object.getPrototypeOf(a) !== Object.getPrototypeOf(b)) return false
  if (Object.keys(a).length !== Object.keys(b).length) return false
  try {
    return fastDeepEqual(bytesOf(a), bytesOf(b))
  } catch (error) {
    // A map whose values nest too deep, or hold themselves, is more than fast-deep-equal can walk.
    if (error instanceof RangeError) return false
    throw error
  }
}

/** fast-deep-equal calls any two ArrayBuffers equal, and never returns from two DataViews. */
function bytesOf(value: unknown): unknown {
  return isBytes(value) ? new Uint8Array(value.buffer ?? value, value.byteOffset, value.byteLength) : value
}

function isBytes(value: unknown): value is ArrayBuffer & Partial<DataView<ArrayBuffer>> {
  return /(DataView|ArrayBuffer)]$/.test(tagOf(value))
}
