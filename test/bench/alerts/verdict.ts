/** A row's bar: how many times the other, or what part of it, it must and should be; and whether it is. */
export interface Bar {
  readonly must: number
  readonly goal: number
  /** Whether more is better. */
  readonly more: boolean
}

/** The cells `must`, `goal` and `met` for a measured ratio. */
export function verdict(ratio: number, { must, goal, more }: Bar): [must: string, goal: string, met: string] {
  const reached = (bar: number) => (more ? ratio >= bar : ratio <= bar)
  const met = reached(goal) ? 'goal' : reached(must) ? 'must' : '**no**'
  return [show(must), show(goal), met]
}

export function show(ratio: number): string {
  if (ratio >= 100) return `${Math.round(ratio).toLocaleString('en')}×`
  return ratio >= 1 ? `${ratio.toFixed(1)}×` : `${ratio.toPrecision(2)}×`
}

/** Milliseconds as a reader likes them. */
export function time(ms: number): string {
  if (ms < 0.001) return `${Math.round(ms * 1e6)} ns`
  if (ms < 1) return `${(ms * 1000).toPrecision(3)} µs`
  return `${ms.toPrecision(3)} ms`
}
