/** Runs the cases in turn, round after round, so that noise meets all of them alike; the median time of each in milliseconds. */
export async function interleaved<Name extends string>(
  cases: Record<Name, () => unknown>,
  { rounds = 15, warmup = 3 }: { rounds?: number; warmup?: number } = {},
): Promise<Record<Name, number>> {
  const names = Object.keys(cases) as Name[]
  const times = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<Name, number[]>
  for (let round = -warmup; round < rounds; round++) {
    for (const name of names) {
      const start = performance.now()
      const result = cases[name]()
      if (result instanceof Promise) await result
      if (round >= 0) times[name].push(performance.now() - start)
    }
  }
  return Object.fromEntries(names.map((name) => [name, median(times[name])])) as Record<Name, number>
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}

/** A Markdown table. */
export function table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const line = (cells: readonly (string | number)[]) => `| ${cells.join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}
