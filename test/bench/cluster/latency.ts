import { setTimeout as delay } from 'node:timers/promises'
import { WebSocket } from 'ws'
import { type Broker, type Fleet, startFleet } from './fleet.ts'

export interface Measured {
  readonly broker: Broker
  readonly instances: number
  /** Milliseconds from the request to the alert at the last of the instances. */
  readonly p50: number
  readonly p99: number
  /** Events recorded in batches and alerted everywhere. */
  readonly perSecond: number
  /** Seconds of the processors that the instances used for each event. */
  readonly cpuPerEvent: number
}

const singles = 300
const batches = 150
const perBatch = 100

/** One client at each instance; the producer goes round the instances. */
export async function latency(): Promise<Measured[]> {
  const results: Measured[] = []
  for (const broker of ['local', 'redis', 'nats', 'postgres'] as const) {
    for (const instances of broker === 'local' ? [1] : [1, 2, 3]) {
      const fleet = await startFleet(instances, broker)
      try {
        results.push({ broker, instances, ...(await measure(fleet)) })
      } finally {
        await fleet.close()
      }
    }
  }
  return results
}

async function measure(fleet: Fleet): Promise<Omit<Measured, 'broker' | 'instances'>> {
  const arrivals = new Map<string, { left: number; arrived: () => void }>()
  const sockets = await Promise.all(fleet.ports.map((port) => open(port, arrivals)))
  const everywhere = (id: string) =>
    new Promise<void>((arrived) => void arrivals.set(id, { left: sockets.length, arrived }))
  const event = (imageId: string) => ({ imageId, timestamp: Date.now(), clientId: 'c', red: 0.9 })
  let turn = 0
  const post = async (events: readonly object[]) => {
    const port = fleet.ports[turn++ % fleet.ports.length]
    const response = await fetch(`http://127.0.0.1:${port}/stats`, { method: 'POST', body: JSON.stringify(events) })
    if (!response.ok) throw new Error(await response.text())
    await response.text()
  }

  const times: number[] = []
  for (let index = -50; index < singles; index++) {
    const id = `single-${index}`
    const arrived = everywhere(id)
    const start = performance.now()
    await Promise.all([post([event(id)]), arrived])
    if (index >= 0) times.push(performance.now() - start)
    await delay(2)
  }
  times.sort((a, b) => a - b)

  const cpuBefore = fleet.cpuSeconds()
  const start = performance.now()
  let next = 0
  const producer = async () => {
    while (next < batches) {
      const batch = next++
      const last = everywhere(`batch-${batch}-${perBatch - 1}`)
      await post(Array.from({ length: perBatch }, (_, index) => event(`batch-${batch}-${index}`)))
      await last
    }
  }
  await Promise.all(Array.from({ length: 4 }, producer))
  const seconds = (performance.now() - start) / 1000
  const cpuPerEvent = (fleet.cpuSeconds() - cpuBefore) / (batches * perBatch)
  for (const socket of sockets) socket.terminate()
  return {
    p50: times[Math.floor(singles / 2)]!,
    p99: times[Math.floor(singles * 0.99)]!,
    perSecond: (batches * perBatch) / seconds,
    cpuPerEvent,
  }
}

async function open(port: number, arrivals: Map<string, { left: number; arrived: () => void }>): Promise<WebSocket> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/alerts?min_red=0`)
  socket.on('message', (data) => {
    const { image } = JSON.parse(String(data)) as { image?: { image_id: string } }
    const waiting = image && arrivals.get(image.image_id)
    if (waiting !== undefined && --waiting.left === 0) waiting.arrived()
  })
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject))
  return socket
}
