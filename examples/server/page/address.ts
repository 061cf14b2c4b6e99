import type { Period } from './period.ts'
import type { PageState, State } from './state.ts'

type Kept = Pick<PageState, 'threshold' | 'period'>

/** Reads what is asked from the part of the address after `#`, such as `#red=0.5&last=900000`. */
export function readAddress({ threshold, period }: Kept): Kept {
  const asked = new URLSearchParams(location.hash.slice(1))
  const red = Number(asked.get('red') ?? Number.NaN)
  return { threshold: red >= 0 && red <= 1 ? red : threshold, period: readPeriod(asked) ?? period }
}

/** Keeps the address such that a reload or a sent link asks the same. */
export function keepAddress(state: State): void {
  state.watch(['threshold', 'period'], ({ threshold, period }) => {
    const asked = new URLSearchParams({ red: String(threshold) })
    if (period === 'all') asked.set('last', 'all')
    else for (const [name, value] of Object.entries(period)) asked.set(name.replace('lastMs', 'last'), String(value))
    history.replaceState(null, '', `#${asked}`)
  })
}

function readPeriod(asked: URLSearchParams): Period | undefined {
  if (asked.get('last') === 'all') return 'all'
  const [lastMs, from, to] = ['last', 'from', 'to'].map((name) => Number(asked.get(name) ?? Number.NaN))
  if (Number.isSafeInteger(lastMs) && lastMs! > 0) return { lastMs: lastMs! }
  if (Number.isSafeInteger(from) && Number.isSafeInteger(to) && from! >= 0 && from! < to!) {
    return { from: from!, to: to! }
  }
  return undefined
}
