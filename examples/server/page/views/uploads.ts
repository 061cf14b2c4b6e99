import type { State } from '../state.ts'
import type { Upload } from '../upload.ts'
import type { Uploads } from '../uploads.ts'
import { create, element, showList } from './elements.ts'

/** Pictures are dropped anywhere, pasted or chosen; each shows how far it is. */
export function showUploads(state: State, uploads: Uploads, redUrl: string): void {
  const files = element<HTMLInputElement>('files')
  const list = element('uploads')
  element<HTMLAnchorElement>('red-docs').href = `${redUrl}/docs`
  files.addEventListener('change', () => {
    uploads.add(files.files ?? [])
    files.value = ''
  })
  element('uploads-clear').addEventListener('click', uploads.clear)
  element('token-form').addEventListener('submit', (event) => {
    event.preventDefault()
    uploads.authorize(element<HTMLInputElement>('token').value)
  })
  takeFiles(uploads.add)

  state.watch(['tokenWanted'], ({ tokenWanted }) => {
    element('token-form').hidden = !tokenWanted
    if (tokenWanted) element('token').focus()
  })
  state.watch(['uploads'], ({ uploads: items }) => {
    const newestFirst = items.toReversed()
    showList(
      list,
      newestFirst,
      ({ key }) => key,
      (upload) => rowOf(upload, uploads),
    )
    for (const [at, upload] of newestFirst.entries()) showProgress(list.children[at] as HTMLElement, upload)
    const done = items.filter(({ status }) => status === 'done').length
    element('upload-count').textContent = items.length === 0 ? '' : `${done} of ${items.length}`
    element('uploads-clear').hidden = !items.some(({ status }) => status === 'done' || status === 'failed')
  })
}

function takeFiles(add: (files: Iterable<File>) => void): void {
  const { body } = document
  const hasFiles = ({ dataTransfer }: DragEvent): boolean => dataTransfer?.types.includes('Files') ?? false
  body.addEventListener('dragover', (event) => {
    if (!hasFiles(event)) return
    event.preventDefault()
    body.classList.add('dropping')
  })
  body.addEventListener('dragleave', ({ relatedTarget }) => {
    if (relatedTarget === null) body.classList.remove('dropping')
  })
  body.addEventListener('drop', (event) => {
    body.classList.remove('dropping')
    if (!hasFiles(event)) return
    event.preventDefault()
    add(event.dataTransfer?.files ?? [])
  })
  body.addEventListener('paste', ({ clipboardData }) => add(clipboardData?.files ?? []))
}

function rowOf({ key, file }: Upload, { retry }: Uploads): HTMLElement {
  const preview = create('img', '')
  preview.alt = ''
  preview.addEventListener('error', () => preview.classList.add('none'))
  preview.addEventListener('load', () => URL.revokeObjectURL(preview.src))
  preview.src = URL.createObjectURL(file)
  const again = create('button', 'again', 'Try again')
  again.type = 'button'
  again.addEventListener('click', () => retry(key))
  const bar = create('progress', '')
  bar.ariaLabel = `Upload of ${file.name}`
  return create('li', '', preview, create('span', 'name', file.name), create('span', 'said'), bar, again)
}

function showProgress(row: HTMLElement, { status, progress, red, error }: Upload): void {
  const words = {
    waiting: 'waits',
    sending: `${Math.round(100 * progress)} %`,
    measuring: 'is measured …',
    done: `red ${red?.toFixed(3)}`,
    failed: error ?? '',
  }
  row.dataset['status'] = status
  row.querySelector('.said')!.textContent = words[status]
  row.querySelector('progress')!.value = progress
  row.querySelector<HTMLButtonElement>('.again')!.hidden = status !== 'failed'
}
