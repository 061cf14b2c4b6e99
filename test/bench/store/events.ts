// The events of the benchmark: event i of n, the same by the same formula in every database.
export const start = 1_700_000_000_000
export const spanMs = 30 * 24 * 3_600_000

export const timestampSql = (n: number, i: string, divide: (a: string, b: string) => string): string =>
  `${start} + ${divide(`${i} * ${spanMs}`, String(n))}`

/** A permutation of 1,000,003 values between 0 and 1, repeated. */
export const redSql = (i: string): string => `((${i} * 7919) % 1000003) / 1000003.0`

export interface Question {
  readonly from: number
  readonly to: number
  readonly red: number
}

export type Answer = readonly [total: number, above: number]

/** One database asked the same question: how many images, and how many redder. */
export interface Contender {
  readonly name: string
  ask(question: Question): Promise<Answer>
  close(): Promise<void>
}

/** Random ranges of a length, each with a random threshold, by a fixed recipe. */
export function questions(lengthMs: number, count: number, seed = 7): Question[] {
  let state = seed
  const random = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
  return Array.from({ length: count }, () => {
    const from = start + Math.floor(random() * (spanMs - lengthMs))
    return { from, to: from + lengthMs, red: random() }
  })
}
