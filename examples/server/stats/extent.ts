import type { RedStats } from 'ruddle/red-stats'

const steps = 1000

/** The times of the first and the last event; null where there is none. */
export async function readExtent(
  stats: Pick<RedStats, 'series' | 'list'>,
): Promise<{ from: number | null; to: number | null }> {
  const [newest] = (await stats.list({ limit: 1 })).events
  if (newest === undefined) return { from: null, to: null }
  return { from: await firstTime(stats, newest.timestamp + 1), to: newest.timestamp }
}

/** The first step with an event is looked at again in smaller steps: five questions find one millisecond in a century. */
async function firstTime(stats: Pick<RedStats, 'series'>, end: number): Promise<number> {
  let [from, to] = [0, end]
  while (to - from > 1) {
    const stepMs = Math.ceil((to - from) / steps)
    const series = await stats.series({ from, to, stepMs })
    const first = series.find(({ total }) => total > 0)
    if (first === undefined) break // what was there has expired in the meantime
    from = first.from
    to = Math.min(to, from + stepMs)
  }
  return from
}
