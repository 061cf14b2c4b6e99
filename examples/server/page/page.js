import { watchAlerts } from './alerts.js'
import { chosenPeriod, onPeriodChange } from './period.js'
import { addPicture, showPictures } from './pictures.js'

const element = (id) => document.getElementById(id)
const shownAlerts = 12

const { red_url: redUrl } = await (await fetch('config')).json()
let alertCount = 0
let waiting

const alerts = watchAlerts({
  onState: (state, text) => {
    element('connection').dataset.state = state
    element('connection').textContent = text
  },
  onAlert: (image) => {
    addPicture(element('alerts'), redUrl, image, shownAlerts)
    element('no-alerts').hidden = true
    element('alert-count').textContent = `${++alertCount} since this page was opened`
    refreshSoon()
  },
})

element('threshold').addEventListener('input', () => {
  const threshold = Number(element('threshold').value)
  element('threshold-value').textContent = threshold.toFixed(2)
  element('above-threshold').textContent = threshold.toFixed(2)
  refreshSoon()
})
element('threshold').addEventListener('change', () => alerts.watch(Number(element('threshold').value)))
onPeriodChange(refreshSoon)
alerts.watch(Number(element('threshold').value))
await refresh()
setInterval(refresh, 5000)

/** Many alerts or movements of the slider are one question. */
function refreshSoon() {
  clearTimeout(waiting)
  waiting = setTimeout(refresh, 150)
}

async function refresh() {
  const period = chosenPeriod()
  const query = new URLSearchParams({ ...period, red: element('threshold').value })
  try {
    const [counts, newest] = await Promise.all([
      getJson(`stats?${query}`),
      getJson(`stats/list?${new URLSearchParams({ ...period, limit: 24 })}`),
    ])
    element('total').textContent = counts.total.toLocaleString()
    element('above').textContent = counts.above.toLocaleString()
    const percent = counts.total === 0 ? 0 : (100 * counts.above) / counts.total
    element('share').style.width = `${percent}%`
    element('share-label').ariaLabel = `${percent.toFixed(0)} percent`
    element('no-images').hidden = newest.images.length > 0
    showPictures(element('newest'), redUrl, newest.images)
    element('problem').hidden = true
  } catch (error) {
    element('problem').textContent = error.message
    element('problem').hidden = false
  }
}

async function getJson(url) {
  const response = await fetch(url)
  const body = await response.json()
  if (!response.ok) throw new Error(body.error.message)
  return body
}
