import type { State } from '../state.ts'
import { element } from './elements.ts'
import { formatCount, formatRed, formatShare } from './format.ts'

/** The numbers of the period, and how many alerts the threshold would have given. */
export function showCounts(state: State): void {
  state.watch(['answers'], ({ answers }) => {
    if (answers === undefined) return
    const { total, above } = answers
    element('total').textContent = formatCount(total)
    element('above').textContent = formatCount(above)
    element('share').textContent = formatShare(above, total)
    element('would-alert').textContent = formatCount(above)
  })
  state.watch(['threshold'], ({ threshold }) => {
    element('above-threshold').textContent = formatRed(threshold)
    element('threshold-value').textContent = formatRed(threshold)
  })
  state.watch(['threshold', 'answers'], ({ threshold, answers }) => {
    // What is counted for another threshold is not to be taken for this one's.
    document.body.classList.toggle('stale', answers?.threshold !== threshold)
  })
}
