// The data sets, the same in every run: a linear congruential generator (Numerical Recipes) gives the values.
function generator(seed = 42): { number(): number; word(): string } {
  const words = ['alpha', 'beta', 'gamma', 'delta', 'epsilon', 'zeta', 'eta', 'theta', 'iota', 'kappa', 'lambda', 'mu']
  let state = seed
  const number = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
  return { number, word: () => `${words[Math.floor(number() * words.length)]}${Math.floor(number() * 1000)}` }
}

const random = generator()

/** What an interface of a web shop or a directory answers: about 360 bytes, three levels. */
export function apiObject(): unknown {
  return {
    id: `usr_${random.word()}`,
    name: random.word(),
    email: `${random.word()}@example.com`,
    age: 31,
    balance: 1234.56789 * random.number(),
    active: true,
    address: {
      street: random.word(),
      city: random.word(),
      zip: '12345',
      geo: { lat: 55.7558 * random.number(), lon: 37.6173 * random.number() },
    },
    tags: ['a', 'b', 'c'],
    scores: [0.1, 0.2, 0.30000000000000004, 4.5],
    meta: { created: '2026-11-01T00:00:00Z', updated: null, v: 3 },
  }
}

/** Small objects of a dozen different shapes. */
export function mixedObjects(count = 200): unknown[] {
  return Array.from({ length: count }, (_, index) => {
    const fields: Record<string, unknown> = { kind: random.word(), size: random.number() * 100 }
    for (let i = 0; i < 2 + (index % 12); i++) {
      const name = `field${i}`
      fields[name] =
        i % 3 === 0 ? random.number() : i % 3 === 1 ? random.word() : { on: i % 2 === 0, at: random.number() }
    }
    return fields
  })
}

/** About 1 MB of JSON: 2,600 items with numbers, strings, lists and objects in them. */
export function nestedDocument(): unknown {
  const items = Array.from({ length: 2600 }, (_, id) => ({
    id,
    guid: `${random.word()}-${random.word()}`,
    price: random.number() * 1000,
    quantity: Math.floor(random.number() * 10),
    available: random.number() > 0.5,
    name: `${random.word()} ${random.word()}`,
    size: { w: random.number() * 10, h: random.number() * 10, d: random.number() * 10, unit: 'cm' },
    tags: [random.word(), random.word(), random.word()],
    history: [0, 1].map((i) => ({
      time: 1700000000 + id + i,
      value: random.number(),
      by: { id: id % 17, name: random.word() },
    })),
    extra: id % 3 > 0 ? null : { note: random.word(), rating: random.number() * 5 },
  }))
  return { version: 1, generated: '2026-11-23', items }
}

export function doubles(count = 100_000): number[] {
  return Array.from({ length: count }, () => random.number() * 1000 - 500)
}

/** A dictionary by id, in which nearly every value has a shape of its own. */
export function dictionary(count = 1500): Record<string, unknown> {
  const entries = Array.from({ length: count }, (_, i) => [
    `k${Math.floor(random.number() * 1e9)}`,
    { [`p${i % 200}`]: random.number(), [`q${i % 7}`]: random.word(), z: i },
  ])
  return Object.fromEntries(entries)
}

export function clone<Value>(value: Value): Value {
  return JSON.parse(JSON.stringify(value))
}

/** A copy with every number that is no integer moved by up to 1e-7. */
export function withNoise(value: unknown): unknown {
  return mapped(value, (leaf) =>
    typeof leaf === 'number' && !Number.isInteger(leaf) ? leaf + (random.number() - 0.5) * 2e-7 : leaf,
  )
}

/** A copy in which the keys of every object stand in reverse order. */
export function withKeysReversed(value: unknown): unknown {
  return mapped(value, (leaf) => leaf, true)
}

function mapped(value: unknown, leafOf: (leaf: unknown) => unknown, reversed = false): unknown {
  if (Array.isArray(value)) return value.map((item) => mapped(item, leafOf, reversed))
  if (typeof value !== 'object' || value === null) return leafOf(value)
  const entries = Object.entries(value).map(([key, member]) => [key, mapped(member, leafOf, reversed)] as const)
  return Object.fromEntries(reversed ? entries.reverse() : entries)
}
