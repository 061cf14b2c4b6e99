import { indexed, RedStats } from '../../../src/red-stats/index.ts'
import { clickHouseStore } from '../../../src/red-stats/stores/clickhouse.ts'
import { interleaved, median } from '../measure.ts'
import type { Answer, Contender, Question } from './events.ts'
import { questions } from './events.ts'

const hour = 3_600_000

/** RedStats on an indexed folder, and how long it took to answer after opening. */
export async function openIndexed(
  path: string,
): Promise<{ contender: Contender; stats: RedStats; firstMs: number; loadedMs: number }> {
  const store = indexed(clickHouseStore({ path }))
  const stats = new RedStats({ store })
  const begin = performance.now()
  const [question] = questions(27 * 24 * hour, 1)
  const first = await ask(stats, question!)
  const firstMs = performance.now() - begin
  await store.loaded()
  const loadedMs = performance.now() - begin
  const again = await ask(stats, question!)
  if (again.join() !== first.join()) throw new Error(`The store counted ${first}, the index ${again}`)
  return {
    contender: { name: 'indexed', ask: (question) => ask(stats, question), close: () => stats.close() },
    stats,
    firstMs,
    loadedMs,
  }
}

async function ask(stats: RedStats, { from, to, red }: Question): Promise<Answer> {
  const { total, above } = await stats.count({ from, to, red })
  return [total, above ?? 0]
}

/** Median milliseconds of each for questions about ranges of one length; every answer is compared. */
export async function compare(
  contenders: readonly Contender[],
  lengthMs: number,
  rounds: number,
): Promise<Record<string, number>> {
  const warmup = 2
  const asked = questions(lengthMs, rounds + warmup)
  const answers = new Map<number, string>()
  const cases = contenders.map(({ name, ask }) => {
    let next = 0
    return [
      name,
      async () => {
        const number = next++
        const answer = (await ask(asked[number]!)).join()
        const known = answers.get(number) ?? answer
        if (answer !== known)
          throw new Error(`${name} counted ${answer}, another ${known}: ${JSON.stringify(asked[number])}`)
        answers.set(number, known)
      },
    ] as const
  })
  return interleaved(Object.fromEntries(cases), { rounds, warmup })
}

/** Median microseconds of a count in memory, for ranges of an hour, three days and 27 days. */
export async function microseconds(contender: Contender): Promise<Record<'hour' | 'days' | 'month', number>> {
  const of = async (lengthMs: number): Promise<number> => {
    const times: number[] = []
    for (const question of questions(lengthMs, 600, 3)) {
      const begin = performance.now()
      await contender.ask(question)
      times.push(performance.now() - begin)
    }
    return 1000 * median(times.slice(100))
  }
  return { hour: await of(hour), days: await of(72 * hour), month: await of(27 * 24 * hour) }
}
