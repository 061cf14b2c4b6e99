/** A key or index as a segment of a JSON Pointer (RFC 6901, section 3). */
export function escapeSegment(key: string | number): string {
  return String(key).replaceAll('~', '~0').replaceAll('/', '~1')
}

/** The keys of a JSON Pointer, or undefined for what is none. */
export function parsePointer(pointer: unknown): string[] | undefined {
  if (typeof pointer !== 'string' || !/^(\/([^/~]|~[01])*)*$/.test(pointer)) return undefined
  const segments = pointer.split('/').slice(1)
  return segments.map((segment) => segment.replaceAll('~1', '/').replaceAll('~0', '~'))
}
