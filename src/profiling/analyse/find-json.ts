/** How deep a line of a log may be wrapped: Docker puts it into a field as text, collectors put that into another. */
const MAX_WRAPPING = 8
/** Places tried as the start of the JSON: before it there may be a date, a pod or `{tags}`. */
const MAX_STARTS = 8

/** The value under `perf` in a line of a log, whatever stands around it; undefined if there is none. */
export function findPerf(line: string): unknown {
  return perfIn(line, 0)
}

function perfIn(value: unknown, depth: number): unknown {
  if (depth > MAX_WRAPPING) return undefined
  if (typeof value === 'string') return value.includes('perf') ? perfIn(jsonIn(value), depth + 1) : undefined
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
  const own: unknown = Reflect.get(value, 'perf')
  if (typeof own === 'object' && own !== null) return own
  for (const inner of Object.values(value)) {
    const found = perfIn(inner, depth + 1)
    if (found !== undefined) return found
  }
  return undefined
}

function jsonIn(text: string): unknown {
  const end = text.lastIndexOf('}') + 1
  let start = text.indexOf('{')
  for (let tries = 0; start >= 0 && start < end && tries < MAX_STARTS; tries++) {
    try {
      return JSON.parse(text.slice(start, end))
    } catch {
      start = text.indexOf('{', start + 1)
    }
  }
  return undefined
}
