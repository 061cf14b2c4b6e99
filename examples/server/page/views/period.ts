import type { Period } from '../period.ts'
import type { State } from '../state.ts'
import { element } from './elements.ts'

/** The choice of the period: the last so much, everything, or between two times. */
export function showPeriod(state: State): void {
  const radios = [...document.querySelectorAll<HTMLInputElement>('input[name=period]')]
  const from = element<HTMLInputElement>('from')
  const to = element<HTMLInputElement>('to')

  for (const radio of radios) {
    radio.addEventListener('change', () => {
      if (radio.value === 'all') choose('all')
      else if (radio.value === 'chosen') chooseWhatIsShown()
      else choose({ lastMs: Number(radio.value) })
    })
  }
  for (const input of [from, to]) {
    input.addEventListener('change', () => {
      const range = { from: Date.parse(from.value), to: Date.parse(to.value) }
      const isRange = range.from >= 0 && range.from < range.to
      to.setCustomValidity(isRange ? '' : 'Expected a time after the first')
      if (isRange) choose(range)
      else to.reportValidity()
    })
  }

  function choose(period: Period): void {
    state.change({ period, zoom: undefined })
  }

  function chooseWhatIsShown(): void {
    const shown = state.now.zoom ?? state.now.answers?.steps ?? { from: Date.now() - 3_600_000, to: Date.now() }
    choose({ from: Math.floor(shown.from / 1000) * 1000, to: Math.ceil(shown.to / 1000) * 1000 })
  }

  state.watch(['period'], ({ period }) => {
    const isChosen = period !== 'all' && 'from' in period
    const value = isChosen ? 'chosen' : period === 'all' ? period : String(period.lastMs)
    for (const radio of radios) radio.checked = radio.value === value
    element('chosen').hidden = !isChosen
    if (!isChosen) return
    from.value = localTime(period.from)
    to.value = localTime(period.to)
  })
}

/** As an input of type datetime-local writes a time. */
function localTime(time: number): string {
  return new Date(time - new Date(time).getTimezoneOffset() * 60_000).toISOString().slice(0, 19)
}
