/** A key or index as a segment of a JSON Pointer (RFC 6901, section 3). */
export function escapeSegment(key: string | number): string {
  if (typeof key === 'number' || !/[~/]/.test(key)) return String(key)
  return key.replaceAll('~', '~0').replaceAll('/', '~1')
}

/** The keys of a JSON Pointer, or undefined where the text is none. */
export function parsePointer(pointer: string): string[] | undefined {
  if (pointer === '') return []
  if (!pointer.startsWith('/') || /~(?![01])/.test(pointer)) return undefined
  return pointer
    .slice(1)
    .split('/')
    .map((segment) => segment.replaceAll('~1', '/').replaceAll('~0', '~'))
}
