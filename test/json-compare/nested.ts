/** A value in so many others: `[[[leaf]]]` for 3 levels. */
export function nested(levels: number, leaf: unknown, wrap: (inner: unknown) => unknown = (inner) => [inner]): unknown {
  let value = leaf
  for (let i = 0; i < levels; i++) value = wrap(value)
  return value
}
