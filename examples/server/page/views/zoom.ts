import { type Range, scaled, shifted } from '../period.ts'
import type { State } from '../state.ts'
import { element } from './elements.ts'
import { formatRange } from './format.ts'

/** Zoom by buttons, and by keys while one of them has the focus. */
export function showZoom(state: State): void {
  const reset = (): void => state.change({ zoom: undefined })
  const move = (change: (range: Range) => Range) => (): void => {
    const shown = state.now.zoom ?? state.now.answers?.steps
    if (shown !== undefined) state.change({ zoom: change(shown) })
  }
  const actions = {
    'zoom-earlier': move((range) => shifted(range, -0.5)),
    'zoom-later': move((range) => shifted(range, 0.5)),
    'zoom-in': move((range) => scaled(range, 0.5)),
    'zoom-out': move((range) => scaled(range, 2)),
    'zoom-reset': reset,
  }
  const keys: Record<string, () => void> = {
    ArrowLeft: actions['zoom-earlier'],
    ArrowRight: actions['zoom-later'],
    '+': actions['zoom-in'],
    '-': actions['zoom-out'],
    Escape: reset,
  }

  for (const [id, act] of Object.entries(actions)) element(id).addEventListener('click', act)
  element('over-time').addEventListener('keydown', (event) => {
    const act = event.ctrlKey || event.altKey || event.metaKey ? undefined : keys[event.key]
    if (act === undefined) return
    event.preventDefault()
    act()
  })
  state.watch(['zoom'], ({ zoom }) => {
    element('zoom-reset').hidden = zoom === undefined
  })
  state.watch(['zoom', 'answers'], ({ zoom, answers }) => {
    const shown = zoom ?? answers?.steps
    element('shown-range').textContent = shown === undefined ? '' : formatRange(shown)
  })
}
