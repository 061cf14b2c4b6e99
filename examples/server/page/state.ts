import type { Answers, Image } from './api.ts'
import type { Period, Range } from './period.ts'
import type { Upload } from './upload.ts'

/** All that the page shows. Data flows one way: whoever learns something changes the state, and the views draw it. */
export interface PageState {
  /** Images with more red than this are counted as above, and alert. */
  readonly threshold: number
  readonly period: Period
  /** A part of the period that is looked at instead of the whole. */
  readonly zoom: Range | undefined
  /** Whether only the images above the threshold are listed. */
  readonly onlyAbove: boolean
  /** What RED_STATS answered last. */
  readonly answers: Answers | undefined
  /** Why it could not be asked. */
  readonly problem: string | undefined
  readonly connection: 'connecting' | 'open' | 'waiting' | 'closed'
  /** Why the server refused the connection for good. */
  readonly refusal: string | undefined
  /** When alerts were missed; they are fetched from the list. */
  readonly gapAt: number | undefined
  /** Images above the threshold, the newest first. */
  readonly alerts: readonly Alert[]
  /** How many came since the page was opened. */
  readonly alertCount: number
  readonly uploads: readonly Upload[]
  /** RED refused an upload for want of its token. */
  readonly tokenWanted: boolean
  /** The picture that is looked at. */
  readonly opened: Image | undefined
  /** Whether the page is dark. */
  readonly dark: boolean
}

export interface Alert extends Image {
  /** It came while the page was open, not from the list. */
  readonly live: boolean
}

export interface State {
  readonly now: PageState
  change(part: Partial<PageState>): void
  /** Calls `show` now, and again whenever one of these changes. */
  watch(keys: readonly (keyof PageState)[], show: (now: PageState) => void): void
}

export function createState(initial: PageState): State {
  let now = initial
  const watchers: { readonly keys: readonly (keyof PageState)[]; readonly show: (now: PageState) => void }[] = []

  return {
    get now() {
      return now
    },
    change: (part) => {
      const before = now
      now = { ...now, ...part }
      for (const { keys, show } of watchers) {
        if (keys.some((key) => now[key] !== before[key])) show(now)
      }
    },
    watch: (keys, show) => {
      watchers.push({ keys, show })
      show(now)
    },
  }
}
