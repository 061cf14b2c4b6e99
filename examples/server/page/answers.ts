import { readAnswers, readExtent } from './api.ts'
import { stepsOf } from './period.ts'
import type { State } from './state.ts'

const everyMs = 3000
const pauseMs = 60

/**
 * Asks RED_STATS as often as the question changes, and now and then besides. One question at a time: while a threshold is
 * dragged it is asked as fast as the server answers, and no faster.
 */
export function keepAsking(state: State): void {
  let asking = false
  let again = false
  let timer: ReturnType<typeof setTimeout> | undefined

  async function ask(): Promise<void> {
    if (asking) {
      again = true
      return
    }
    asking = true
    again = false
    clearTimeout(timer)
    await askOnce(state)
    asking = false
    // A page that nobody looks at asks nothing.
    if (!document.hidden) timer = setTimeout(ask, again ? pauseMs : everyMs)
  }

  state.watch(['threshold', 'period', 'zoom', 'onlyAbove', 'alerts'], () => void ask())
  document.addEventListener('visibilitychange', () => void ask())
}

async function askOnce(state: State): Promise<void> {
  const { period, zoom, threshold, onlyAbove } = state.now
  try {
    const extent = period === 'all' && zoom === undefined ? await readExtent() : undefined
    const steps = stepsOf(zoom ?? period, extent, Date.now())
    state.change({ answers: await readAnswers(steps, threshold, onlyAbove), problem: undefined })
  } catch (error) {
    state.change({ problem: error instanceof Error ? error.message : String(error) })
  }
}
