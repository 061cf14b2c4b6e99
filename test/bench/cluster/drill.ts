import { setTimeout as delay } from 'node:timers/promises'
import { WebSocket } from 'ws'
import { connectRedStats, type RedStatsConnection } from '../../../src/red-stats/client/index.ts'
import type { Fleet } from './fleet.ts'

export interface Fault {
  readonly name: string
  readonly begin: (fleet: Fleet) => unknown
  readonly end: (fleet: Fleet) => unknown
  /** What was stored before is gone: only what is recorded after `begin` is expected to be counted. */
  readonly losesStored?: boolean
}

export interface DrillOptions {
  readonly clients: number
  /** Milliseconds from the start to the fault, and from the fault to its end. */
  readonly beforeMs?: number
  readonly faultMs?: number
  readonly afterMs?: number
}

/** What came of a fault, counted by those outside: the producer and the clients. */
export interface Outcome {
  /** Recorded, and not lost with the store. */
  readonly sent: number
  /** Counted by an instance at the end, and by the producer. */
  readonly stored: number
  readonly above: number
  readonly expectedAbove: number
  /** Alerts that a client should have had, and had not, without being told of a gap. */
  readonly silent: number
  /** Alerts that a client had twice on one connection. */
  readonly doubled: number
  /** Clients that were told of a gap, and alerts that they missed. */
  readonly gaps: number
  readonly missed: number
  /** From the end of the fault until every client had what was recorded after it. */
  readonly recoveryMs: number
}

interface Event {
  readonly imageId: string
  readonly timestamp: number
  readonly clientId: string
  readonly red: number
}

const minRed = 0.8
const perBatch = 10

/** Loads a fleet, lets a fault happen, and counts. */
export async function drill(fleet: Fleet, fault: Fault, options: DrillOptions): Promise<Outcome> {
  const { clients, beforeMs = 1000, faultMs = 2000, afterMs = 1500 } = options
  let before = await count(fleet)
  let lost = 0
  const followers = Array.from({ length: clients }, () => follow(fleet.url))
  await Promise.all(followers.map(({ opened }) => opened))
  const name = `drill-${Date.now()}`
  const sent: Event[] = []
  let running = true
  let onHold = false
  let held = () => {}
  const load = (async () => {
    while (running) {
      if (onHold) {
        held()
        await delay(10)
        continue
      }
      const batch = Array.from({ length: perBatch }, () => event(`${name}-${sent.length}`, sent))
      await Promise.all([post(fleet.url, batch), delay(100)])
    }
  })()
  await delay(beforeMs)
  if (fault.losesStored) {
    await new Promise<void>((resolve) => {
      held = resolve
      onHold = true
    })
    lost = sent.length
    before = { total: 0, above: 0 }
  }
  await fault.begin(fleet)
  onHold = false
  await delay(faultMs)
  await fault.end(fleet)
  const healed = performance.now()
  const probe: Event = { imageId: `${name}-probe`, timestamp: Date.now(), clientId: 'probe', red: 1 }
  sent.push(probe)
  await post(fleet.url, [probe])
  await Promise.all(followers.map(({ waitFor }) => waitFor(probe.imageId, 30_000)))
  const recoveryMs = Math.round(performance.now() - healed)
  await delay(afterMs)
  running = false
  await load
  const last: Event = { ...probe, imageId: `${name}-last` }
  sent.push(last)
  await post(fleet.url, [last])
  await Promise.all(followers.map(({ waitFor }) => waitFor(last.imageId, 30_000)))
  await delay(300) // repeats would still come
  const after = await count(fleet)
  const wanted = sent.filter(({ red }) => red > minRed).map(({ imageId }) => imageId)
  const results = followers.map((follower) => {
    follower.close()
    const missed = wanted.filter((id) => !follower.had.has(id)).length
    return { missed, silent: follower.gaps() > 0 ? 0 : missed, doubled: follower.doubled(), gap: follower.gaps() > 0 }
  })
  const sum = (of: (result: (typeof results)[number]) => number) => results.reduce((all, one) => all + of(one), 0)
  return {
    sent: sent.length - lost,
    stored: after.total - before.total,
    above: after.above - before.above,
    expectedAbove: sent.slice(lost).filter(({ red }) => red > minRed).length,
    silent: sum(({ silent }) => silent),
    doubled: sum(({ doubled }) => doubled),
    gaps: sum(({ gap }) => (gap ? 1 : 0)),
    missed: sum(({ missed }) => missed),
    recoveryMs,
  }
}

function event(imageId: string, sent: Event[]): Event {
  const made = { imageId, timestamp: Date.now(), clientId: `c${sent.length % 7}`, red: (sent.length % 10) / 10 + 0.05 }
  sent.push(made)
  return made
}

/** As a producer does it: again and again until it is answered. */
export async function post(url: string, events: readonly Event[]): Promise<void> {
  for (;;) {
    try {
      const body = JSON.stringify(events)
      const response = await fetch(`${url}/stats`, { method: 'POST', body, signal: AbortSignal.timeout(5000) })
      const answer = await response.text()
      if (response.ok) return void JSON.parse(answer)
    } catch {}
    await delay(100)
  }
}

export async function count(fleet: Fleet): Promise<{ total: number; above: number }> {
  for (;;) {
    try {
      const response = await fetch(`${fleet.url}/stats`, { signal: AbortSignal.timeout(5000) })
      if (response.ok) return (await response.json()) as { total: number; above: number }
    } catch {}
    await delay(100)
  }
}

/** A client that connects again by itself, and keeps what it got. */
export function follow(url: string) {
  const had = new Set<string>()
  const waiting = new Map<string, () => void>()
  let onConnection = new Set<string>()
  let gaps = 0
  let doubled = 0
  let isOpen = () => {}
  const opened = new Promise<void>((resolve) => {
    isOpen = resolve
  })
  const connection: RedStatsConnection = connectRedStats(url.replace('http', 'ws'), {
    minRed,
    WebSocket: WebSocket as never,
    onState: (state) => {
      if (state !== 'open') return
      onConnection = new Set()
      isOpen()
    },
  })
  const reading = (async () => {
    for await (const message of connection) {
      if (message.type === 'gap') gaps++
      else {
        const id = message.image.image_id
        if (onConnection.has(id)) doubled++
        onConnection.add(id)
        had.add(id)
        waiting.get(id)?.()
      }
    }
  })()
  reading.catch(() => {})
  return {
    opened,
    had,
    gaps: () => gaps,
    doubled: () => doubled,
    waitFor: (id: string, timeoutMs: number) =>
      new Promise<void>((resolve) => {
        if (had.has(id)) return resolve()
        const timer = setTimeout(resolve, timeoutMs)
        waiting.set(id, () => {
          clearTimeout(timer)
          resolve()
        })
      }),
    close: () => connection.close(),
  }
}
