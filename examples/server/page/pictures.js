/** Puts a picture first in the list and drops what is beyond `most`. */
export function addPicture(list, redUrl, image, most) {
  list.prepend(pictureOf(redUrl, image))
  while (list.children.length > most) list.lastElementChild.remove()
}

/** Shows just these pictures; those that are shown already stay as they are. */
export function showPictures(list, redUrl, images) {
  const shown = new Map([...list.children].map((item) => [item.dataset.id, item]))
  list.replaceChildren(...images.map((image) => shown.get(image.image_id) ?? pictureOf(redUrl, image)))
}

function pictureOf(redUrl, { image_id: id, red, timestamp, client_id: client }) {
  const item = document.createElement('li')
  item.dataset.id = id
  item.title = `${id} from ${client}`
  const picture = document.createElement('img')
  picture.src = `${redUrl}/images/${encodeURIComponent(id)}`
  picture.alt = `Image ${id}`
  picture.loading = 'lazy'
  const text = document.createElement('p')
  const share = document.createElement('b')
  share.className = 'red'
  share.textContent = red.toFixed(3)
  const time = document.createElement('time')
  time.textContent = new Date(timestamp).toLocaleTimeString([], { timeStyle: 'short' })
  text.append(share, time)
  item.append(picture, text)
  return item
}
