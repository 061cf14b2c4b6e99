import type { State } from '../state.ts'
import { element } from './elements.ts'
import { formatTime } from './format.ts'

const words = {
  connecting: 'connecting …',
  open: 'live',
  waiting: 'connection lost',
  closed: 'ended',
} as const

/** Whether alerts come, what was missed, and what went wrong. */
export function showConnection(state: State, { retry }: { retry(): void }): void {
  element('reconnect').addEventListener('click', retry)
  element('gap-seen').addEventListener('click', () => state.change({ gapAt: undefined }))

  state.watch(['connection', 'refusal'], ({ connection, refusal }) => {
    const pill = element('connection')
    pill.dataset['state'] = connection
    pill.firstElementChild!.textContent = refusal ?? words[connection]
    element('reconnect').hidden = connection !== 'waiting'
  })
  state.watch(['gapAt'], ({ gapAt }) => {
    element('gap').hidden = gapAt === undefined
    if (gapAt === undefined) return
    element('gap').firstElementChild!.textContent =
      `Alerts were missed before ${formatTime(gapAt)}. The newest of them were fetched from the list of images.`
  })
  state.watch(['problem'], ({ problem }) => {
    element('problem').hidden = problem === undefined
    element('problem').textContent = problem ?? ''
  })
}
