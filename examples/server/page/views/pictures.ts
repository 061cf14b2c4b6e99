import type { Image } from '../api.ts'
import type { Alert, State } from '../state.ts'
import { create, element, showList } from './elements.ts'
import { formatCount, formatTime } from './format.ts'

/** The alerts as they come, and the newest images of the period. */
export function showPictures(state: State, redUrl: string): void {
  const onlyAbove = element<HTMLInputElement>('only-above')
  onlyAbove.addEventListener('change', () => state.change({ onlyAbove: onlyAbove.checked }))
  const make = (image: Image | Alert): HTMLElement => pictureOf(redUrl, image, () => state.change({ opened: image }))

  state.watch(['alerts'], ({ alerts }) => {
    showList(element('alerts'), alerts, idOf, make)
    element('no-alerts').hidden = alerts.length > 0
  })
  state.watch(['alertCount'], ({ alertCount }) => {
    element('alert-count').textContent = alertCount === 0 ? '' : `${formatCount(alertCount)} since you opened the page`
  })
  state.watch(['answers'], ({ answers }) => {
    if (answers === undefined) return
    showList(element('newest'), answers.newest, idOf, make)
    element('no-images').hidden = answers.newest.length > 0
  })
}

/** The picture that is looked at, large. */
export function showOpenedPicture(state: State, redUrl: string): void {
  const dialog = element<HTMLDialogElement>('picture')
  const picture = dialog.querySelector('img')!
  const facts = dialog.querySelector('dl')!
  picture.addEventListener('error', () => {
    picture.hidden = true
  })
  dialog.addEventListener('close', () => state.change({ opened: undefined }))
  dialog.addEventListener('click', ({ target }) => target === dialog && dialog.close())

  state.watch(['opened'], ({ opened }) => {
    if (opened === undefined) return
    const { image_id: id, red, timestamp, client_id: client } = opened
    picture.hidden = false
    picture.src = addressOf(redUrl, id)
    picture.alt = `Image ${id}`
    const rows = { Red: String(red), Recorded: new Date(timestamp).toLocaleString(), Sender: client, Image: id }
    facts.replaceChildren(
      ...Object.entries(rows).flatMap(([name, value]) => [create('dt', '', name), create('dd', '', value)]),
    )
    dialog.showModal()
  })
}

function idOf({ image_id: id }: Image): string {
  return id
}

function pictureOf(redUrl: string, image: Image | Alert, onOpen: () => void): HTMLElement {
  const { image_id: id, red, timestamp, client_id: client } = image
  const picture = create('img', '')
  picture.alt = `Image ${id}, red ${red.toFixed(3)}`
  picture.loading = 'lazy'
  // RED_STATS may know of an image that RED does not have: its place is as red as it was.
  picture.addEventListener('error', () => picture.remove())
  picture.src = addressOf(redUrl, id)
  const frame = create('span', 'frame', picture)
  frame.style.setProperty('--red-share', `${Math.round(100 * red)}%`)
  const time = create('time', '', formatTime(timestamp))
  const button = create('button', '', frame, create('span', 'facts', create('b', 'red', red.toFixed(3)), time))
  button.type = 'button'
  button.title = `from ${client}`
  button.addEventListener('click', onOpen)
  return create('li', 'live' in image && image.live ? 'live' : '', button)
}

function addressOf(redUrl: string, id: string): string {
  return `${redUrl}/images/${encodeURIComponent(id)}`
}
