import type { Steps } from './period.ts'

/** An image as RED_STATS tells of it. */
export interface Image {
  readonly image_id: string
  /** Milliseconds since the epoch. */
  readonly timestamp: number
  readonly client_id: string
  /** From 0 to 1. */
  readonly red: number
}

/** One moment's answers to all that the page asks. */
export interface Answers {
  readonly steps: Steps
  /** What `above` means. */
  readonly threshold: number
  readonly total: number
  readonly above: number
  readonly series: readonly { readonly from: number; readonly total: number; readonly above: number }[]
  /** Images in each hundredth of 0 to 1. */
  readonly distribution: readonly number[]
  readonly newest: readonly Image[]
}

interface Extent {
  readonly from: number | null
  readonly to: number | null
}

const timeoutMs = 15_000
const newestLimit = 24

/** Where RED is, which has the pictures. */
export async function readConfig(): Promise<{ readonly redUrl: string }> {
  const { red_url: redUrl } = await getJson<{ red_url: string }>('config')
  return { redUrl }
}

/** From the first to the last event; undefined when there is none. */
export async function readExtent(): Promise<{ from: number; to: number } | undefined> {
  const { from, to } = await getJson<Extent>('stats/extent')
  return from === null || to === null ? undefined : { from, to }
}

export async function readAnswers(steps: Steps, threshold: number, onlyAbove: boolean): Promise<Answers> {
  const { from, to, stepMs } = steps
  const [counts, series, distribution, newest] = await Promise.all([
    getJson<{ total: number; above: number }>('stats', { from, to, red: threshold }),
    getJson<Answers['series']>('stats/series', { from, to, step_ms: stepMs, red: threshold }),
    getJson<number[]>('stats/distribution', { from, to, bins: 100 }),
    readImages({ from, to, limit: newestLimit, ...(onlyAbove && { red: threshold }) }),
  ])
  return { steps, threshold, total: counts.total, above: counts.above, series, distribution, newest }
}

/** Images, the newest first. */
export async function readImages(query: Record<string, number>): Promise<readonly Image[]> {
  return (await getJson<{ images: readonly Image[] }>('stats/list', query)).images
}

async function getJson<Body>(path: string, query: Record<string, number> = {}): Promise<Body> {
  const search = new URLSearchParams(Object.entries(query).map(([name, value]) => [name, String(value)]))
  const response = await fetch(`${path}?${search}`, { signal: AbortSignal.timeout(timeoutMs) }).catch(() => {
    throw new Error('RED_STATS is out of reach')
  })
  const body = await response.json().catch(() => undefined)
  if (!response.ok) throw new Error(body?.error?.message ?? `RED_STATS answered ${response.status}`)
  return body as Body
}
