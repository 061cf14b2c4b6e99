import { connectRedStats, type RedStatsConnection } from 'ruddle/red-stats/client'
import { type Image, readImages } from './api.ts'
import type { Alert, State } from './state.ts'

const mostAlerts = 8
/** A threshold that is dragged is not worth a connection until it rests. */
const restMs = 250

/**
 * Keeps `alerts`: those that come over the connection, and from the list what was recorded before it was open or while
 * it was lost. A new threshold takes a new connection; the old one goes on until that is open. Returns what tries again
 * now.
 */
export function followAlerts(state: State): { retry(): void } {
  let current: RedStatsConnection | undefined
  let followed: number | undefined
  let timer: ReturnType<typeof setTimeout> | undefined

  function follow(): void {
    const { threshold } = state.now
    if (threshold === followed) return
    followed = threshold
    const before = current
    const connection = connectRedStats(alertsUrl(), {
      minRed: threshold,
      onState: (is) => {
        if (current !== connection) return
        state.change({ connection: is })
        if (is !== 'open') return
        before?.close()
        void fetchRecent()
      },
    })
    current = connection
    void receive(connection)
  }

  async function receive(connection: RedStatsConnection): Promise<void> {
    try {
      for await (const message of connection) {
        if (message.type === 'gap') {
          state.change({ gapAt: Date.now() })
          void fetchRecent()
        } else add(message.image)
      }
    } catch (error) {
      if (current === connection) state.change({ refusal: error instanceof Error ? error.message : String(error) })
    }
  }

  function add(image: Image): void {
    const { alerts, threshold, alertCount } = state.now
    const known = alerts.find(({ image_id: id }) => id === image.image_id)
    if (image.red <= threshold || known?.live) return
    state.change({ alerts: merged(threshold, [{ ...image, live: true }], alerts), alertCount: alertCount + 1 })
  }

  /** What fails here is tried again with the next connection. */
  async function fetchRecent(): Promise<void> {
    const images = await readImages({ red: state.now.threshold, limit: mostAlerts }).catch(() => [])
    const { alerts, threshold } = state.now
    state.change({
      alerts: merged(
        threshold,
        alerts,
        images.map((image) => ({ ...image, live: false })),
      ),
    })
  }

  state.watch(['threshold'], ({ threshold, alerts }) => {
    state.change({ alerts: merged(threshold, alerts) })
    clearTimeout(timer)
    timer = setTimeout(follow, current === undefined ? 0 : restMs)
  })
  return { retry: () => current?.reconnect() }
}

/** Of two with one id the first stays. */
function merged(threshold: number, ...lists: (readonly Alert[])[]): readonly Alert[] {
  const byId = new Map<string, Alert>()
  for (const alert of lists.flat()) {
    if (alert.red > threshold && !byId.has(alert.image_id)) byId.set(alert.image_id, alert)
  }
  return [...byId.values()].sort((a, b) => b.timestamp - a.timestamp).slice(0, mostAlerts)
}

function alertsUrl(): string {
  const url = new URL('alerts', location.href)
  url.protocol = url.protocol.replace('http', 'ws')
  return url.href
}
