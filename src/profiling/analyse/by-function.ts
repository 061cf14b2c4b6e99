/** What tells functions apart. */
export interface Named {
  readonly fn: string
  readonly at: string
}

/** The entry of a function in a map, made if it is not there. */
export function entry<T>(map: Map<string, T>, { fn, at }: Named, make: () => T): T {
  const key = `${fn}\n${at}`
  let value = map.get(key)
  if (value === undefined) {
    value = make()
    map.set(key, value)
  }
  return value
}

export function order(a: Named, b: Named): number {
  return a.fn < b.fn ? -1 : a.fn > b.fn ? 1 : a.at < b.at ? -1 : 1
}
