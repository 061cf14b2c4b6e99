import { invalid } from '../event.ts'
import type { Cursor, Gap } from '../notifier.ts'
import type { AlertMetrics } from './alert-metrics.ts'
import type { Audience } from './audience.ts'
import type { EventRing, StreamItem } from './event-ring.ts'
import { createFlushLoop } from './flush-loop.ts'
import { createInterest, type Interest, type Threshold } from './interest.ts'
import type { Batch, Outlet } from './outlet.ts'
import type { Receiver, Request, Subscribed } from './receiver.ts'
import type { Resume, ResumePoint } from './resume.ts'

export interface Receivers {
  open(outlet: Outlet): Receiver
  /** News is in the ring, after the place `before`. */
  wake(batch: readonly StreamItem[], before: { readonly position: number; readonly cursor: Cursor }): void
  close(): void
}

export interface ReceiversOptions {
  readonly ring: EventRing
  readonly audience: Audience
  readonly resume: Resume
  readonly metrics: AlertMetrics
  readonly maxStalledMs: number
}

interface State {
  readonly handle: number
  readonly outlet: Outlet
  readonly interest: Interest
  /** `idle`: has everything; `queued`: to be flushed; `stalled`: waits for its socket; `resuming`: for its place. */
  phase: 'idle' | 'queued' | 'stalled' | 'resuming' | 'closed'
  /** Was sent what it wants up to here; while idle, up to the head. */
  position: number
  cursor: Cursor
  /** Threshold of the only subscription, to all images; infinite without any, NaN when `interest` has to be asked. */
  minRed: number
  /** Had a subscription. */
  begun: boolean
  /** When it was queued with news, or stalled. */
  since: number
  /** Was idle when the news came, so that the time until it is written is our doing. */
  live: boolean
  indexed: readonly Threshold[]
}

/** Moves each receiver through the ring: woken by what concerns it, flushed in turn, held back while it is slow. */
export function createReceivers(options: ReceiversOptions): Receivers {
  const { ring, audience, resume, metrics, maxStalledMs } = options
  const receivers: (State | undefined)[] = [] // by handle
  const freeHandles: number[] = []
  const stalled = new Set<State>()
  let changes = 0 // after which what was looked up for a receiver may be out of date
  const loop = createFlushLoop<State>({ serve, sliced: metrics.sliced })
  const patience = setInterval(dropStalled, Math.min(1000, maxStalledMs)).unref()

  function queue(receiver: State): void {
    receiver.phase = 'queued'
    loop.push(receiver)
  }

  /**
   * First looks up what each of them is sent, then sends it. Between two system calls a look-up finds nothing in the
   * cache; several in a row wait for memory together.
   */
  function serve(queued: readonly State[], now: number): void {
    const before = changes
    const batches = queued.map(take)
    for (let at = 0; at < queued.length; at++) {
      const receiver = queued[at]!
      const batch = changes === before ? batches[at] : take(receiver) // a listener may subscribe and leave
      if (batch !== undefined) give(receiver, batch, now)
    }
  }

  function take(receiver: State): Batch | undefined {
    if (receiver.phase !== 'queued') return undefined
    const { outlet } = receiver
    if (receiver.position < ring.floor) {
      const gap: Gap = { type: 'gap', from: receiver.cursor, to: ring.cursorAt(ring.floor), reason: 'slow' }
      receiver.position = ring.floor
      metrics.gap('slow')
      outlet.gap(gap)
    }
    return outlet.take(receiver.position, receiver.minRed, receiver.interest)
  }

  function give(receiver: State, batch: Batch, now: number): void {
    const { to, alerts } = batch
    const ready = receiver.outlet.give(batch)
    if (isClosed(receiver)) return // by what it was sent
    receiver.position = to
    metrics.delivered(alerts, receiver.live ? now - receiver.since : undefined)
    if (ready && to === ring.head) {
      receiver.phase = 'idle'
      return
    }
    receiver.cursor = ring.cursorAt(to)
    receiver.live = false
    if (!ready) {
      receiver.phase = 'stalled'
      receiver.since = now
      stalled.add(receiver)
      metrics.lagging(stalled.size)
    } else loop.push(receiver)
  }

  function dropStalled(): void {
    const now = performance.now()
    for (const receiver of stalled) {
      if (now - receiver.since < maxStalledMs) continue
      metrics.slowClosed()
      receiver.outlet.slow()
      close(receiver)
    }
  }

  function noLongerStalled(receiver: State): void {
    stalled.delete(receiver)
    metrics.lagging(stalled.size)
  }

  function subscribe(
    receiver: State,
    requests: readonly Request[],
    since?: Cursor,
  ): Subscribed[] | Promise<Subscribed[]> {
    if (since === undefined) {
      for (const request of requests) add(receiver, request, ring.head)
      placeAt(receiver, ring.head)
      return requests.map(() => ({ cursor: ring.cursorAt(ring.head) }))
    }
    const point = resume(since)
    if (!(point instanceof Promise)) return goOn(receiver, requests, point)
    if (!receiver.begun) receiver.phase = 'resuming'
    return point.then((found) => {
      if (receiver.phase === 'resuming') receiver.phase = 'idle'
      return goOn(receiver, requests, found)
    })
  }

  function goOn(
    receiver: State,
    requests: readonly Request[],
    { position, recovered, gap }: ResumePoint,
  ): Subscribed[] {
    const reached = receiver.phase === 'idle' ? ring.head : receiver.position
    if (receiver.begun && position < reached) throw invalid('since', 'no earlier than what was already sent', 'less')
    for (const request of requests) add(receiver, request, position)
    placeAt(receiver, position)
    if (gap !== undefined) metrics.gap(gap.reason)
    return requests.map(({ minRed }) => {
      const replayed = ring.countAbove(position, ring.head, minRed)
      metrics.resumed(recovered, replayed)
      return { cursor: ring.cursorAt(ring.head), recovered, replayed, ...(gap === undefined ? {} : { gap }) }
    })
  }

  function add(receiver: State, { id, minRed, clientId }: Request, after: number): void {
    if (isClosed(receiver)) return
    receiver.begun = true
    receiver.interest.add(id, { minRed, clientId, after })
  }

  /** After subscriptions that begin after `position` were added. */
  function placeAt(receiver: State, position: number): void {
    if (isClosed(receiver)) return
    index(receiver)
    if (receiver.phase === 'idle' && position < ring.head) {
      receiver.position = position
      receiver.cursor = ring.cursorAt(position)
      receiver.live = false
      queue(receiver)
    }
  }

  /** After subscriptions came or went. */
  function index(receiver: State): void {
    changes++
    const { handle, interest } = receiver
    audience.delete(handle, receiver.indexed)
    receiver.indexed = interest.thresholds()
    audience.add(handle, receiver.indexed)
    receiver.minRed = thresholdOf(interest)
    if (receiver.phase !== 'idle' && interest.size > 0) {
      receiver.position = Math.max(receiver.position, interest.after)
    }
  }

  function close(receiver: State): void {
    if (isClosed(receiver)) return
    changes++
    receiver.phase = 'closed'
    noLongerStalled(receiver)
    receiver.interest.clear()
    audience.delete(receiver.handle, receiver.indexed)
    receivers[receiver.handle] = undefined
    freeHandles.push(receiver.handle)
  }

  function open(outlet: Outlet): Receiver {
    const receiver: State = {
      handle: freeHandles.pop() ?? receivers.length,
      outlet,
      interest: createInterest(),
      phase: 'idle',
      position: ring.head,
      cursor: '',
      minRed: Number.POSITIVE_INFINITY,
      begun: false,
      since: 0,
      live: false,
      indexed: [],
    }
    receivers[receiver.handle] = receiver
    return {
      subscribe: (requests, since) => subscribe(receiver, requests, since),
      unsubscribe: (id) => {
        if (receiver.interest.delete(id)) index(receiver)
      },
      ready: () => {
        if (receiver.phase !== 'stalled') return
        noLongerStalled(receiver)
        if (receiver.position < ring.head) queue(receiver)
        else receiver.phase = 'idle'
      },
      flush: () => {
        changes++
        while (receiver.phase === 'queued') serve([receiver], performance.now())
      },
      get cursor() {
        return receiver.phase === 'idle' ? ring.cursorAt(ring.head) : receiver.cursor
      },
      close: () => close(receiver),
    }
  }

  return {
    open,
    wake: (batch, { position, cursor }) => {
      const now = performance.now()
      audience.reach(batch, (handle) => {
        const receiver = receivers[handle]!
        if (receiver.phase !== 'idle') return
        receiver.position = position
        receiver.cursor = cursor
        receiver.since = now
        receiver.live = true
        queue(receiver)
      })
      if (loop.size > 0) metrics.fanoutFrom(now)
    },
    close: () => {
      clearInterval(patience)
      loop.close()
    },
  }
}

function thresholdOf({ size, only }: Interest): number {
  if (size === 0) return Number.POSITIVE_INFINITY
  return only !== undefined && only.clientId === undefined ? only.minRed : Number.NaN
}

function isClosed(receiver: State): boolean {
  return receiver.phase === 'closed'
}
