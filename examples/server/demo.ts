import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { formatDifferences, jsonCompare, jsonDiff } from 'ruddle/json-compare'
import { uploadFolder } from 'ruddle/upload'
import { WebSocket } from 'ws'
import type { ServerOptions } from './options.ts'
import type { ImageRecord } from './red/image-store.ts'

const pictures = fileURLToPath(new URL('../images', import.meta.url))
const minRed = 0.3

/**
 * Uploads the pictures to RED, prints each alert as it arrives and the counts, and checks what RED_STATS counts against
 * what RED answered. Gives whether they agree.
 */
export async function runDemo(options: ServerOptions, signal: AbortSignal): Promise<boolean> {
  const { statsUrl, redUrl, token } = options
  const clientId = `demo-${Date.now().toString(36)}`
  const alerts = await watchAlerts(options, clientId)

  console.log(`\nUploading ${pictures} to ${redUrl}/images, alerting on more red than ${minRed}\n`)
  const records: ImageRecord[] = []
  const upload = uploadFolder(pictures, {
    url: `${redUrl}/images`,
    include: ['*.{jpg,png,webp}'],
    headers: { 'X-Client-Id': clientId, ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }) },
    signal,
  })
  for await (const result of upload) {
    if (result.status === 'uploaded') {
      const record = JSON.parse(result.response?.body ?? '') as ImageRecord
      records.push(record)
      console.log(`  ${result.relativePath.padEnd(24)} red ${record.red.toFixed(5)} ${bar(record.red)}`)
    } else {
      console.log(`  ${result.relativePath.padEnd(24)} ${result.status}: ${result.error?.message ?? result.reason}`)
    }
  }
  const { uploaded, failed } = await upload

  const expected = records.filter(({ red }) => red > minRed)
  const arrived = await alerts.wait(expected.length, 10_000)
  alerts.close()

  const now = Date.now()
  const hour = `from=${now - 3_600_000}&to=${now + 1}&red=${minRed}`
  const lastHour = await getJson<Answer>(`${statsUrl}/stats?${hour}`)
  console.log(`\nThe last hour: ${lastHour.total} images, ${lastHour.above} of them redder than ${minRed}.`)

  const answer = await getJson<Answer>(`${statsUrl}/stats?${hour}&client_id=${clientId}`)
  const counted = { counts: answer, alerts: byId(arrived) }
  const answered = {
    counts: { from: now - 3_600_000, to: now + 1, red: minRed, total: records.length, above: expected.length },
    alerts: byId(expected),
  }
  const agree = jsonCompare(counted, answered)
  if (!agree) console.log(`\nRED_STATS and RED differ:\n${formatDifferences(jsonDiff(counted, answered))}`)
  const correct = agree && failed === 0 && uploaded > 0
  console.log(
    `\n${correct ? 'Correct' : 'WRONG'}: ${uploaded} uploaded, ${failed} failed, ${answer.total} counted, ` +
      `${answer.above} redder than ${minRed}, ${arrived.length} alerts.`,
  )
  return correct
}

interface Answer {
  readonly from: number | null
  readonly to: number | null
  readonly red: number | null
  readonly total: number
  readonly above: number | null
}

type Image = Pick<ImageRecord, 'image_id' | 'client_id' | 'red'>

/** Prints the alerts on this run's images as they arrive. */
async function watchAlerts({ statsUrl, redUrl }: ServerOptions, clientId: string) {
  const socket = new WebSocket(`${statsUrl.replace(/^http/, 'ws')}/alerts?min_red=${minRed}`)
  const images: Image[] = []
  let arrival = () => {}
  socket.on('message', (data) => {
    const message = JSON.parse(String(data)) as { type: string; image: Image }
    if (message.type !== 'alert' || message.image.client_id !== clientId) return
    images.push(message.image)
    console.log(`  ALERT red ${message.image.red.toFixed(5)}  ${redUrl}/images/${message.image.image_id}`)
    arrival()
  })
  await once(socket, 'open')

  return {
    /** Resolves with the alerts when so many have come, or with fewer after the time. */
    wait: (count: number, timeoutMs: number) =>
      new Promise<readonly Image[]>((resolve) => {
        const timer = setTimeout(() => resolve(images), timeoutMs)
        arrival = () => {
          if (images.length < count) return
          clearTimeout(timer)
          resolve(images)
        }
        arrival()
      }),
    close: () => socket.close(),
  }
}

async function getJson<Body>(url: string): Promise<Body> {
  const response = await fetch(url)
  if (!response.ok) throw new Error(`GET ${url} answered ${response.status}: ${await response.text()}`)
  return (await response.json()) as Body
}

/** How red each image is, by its id. */
function byId(images: readonly Image[]): Record<string, number> {
  return Object.fromEntries(images.map(({ image_id, red }) => [image_id, red]))
}

function bar(red: number): string {
  return '█'.repeat(Math.round(red * 20))
}
