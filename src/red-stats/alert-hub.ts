import { type AlertMetrics, createAlertMetrics } from './alert-metrics.ts'
import { createAudience } from './audience.ts'
import type { RedEvent } from './event.ts'
import { createEventRing, isGap, type StreamItem } from './event-ring.ts'
import { createFlushLoop } from './flush-loop.ts'
import { createFrames, type Encode, type Frames } from './frames.ts'
import { getOrCreate } from './get-or-create.ts'
import { createInterest, type Interest, type Threshold } from './interest.ts'
import type { Cursor, Gap, Notifier, Published } from './notifier.ts'
import { frameOutlet, listenerOutlet, type Outlet } from './outlet.ts'
import { createRecentIds } from './recent-ids.ts'
import { createResume, type ResumePoint } from './resume.ts'

/** An event with more red than a subscriber asked for. */
export type Alert = Published

/** What a subscription asks for. */
export interface Request {
  readonly minRed: number
  /** Only images of this sender. */
  readonly clientId?: string | undefined
  /** Begin after this place instead of now. Only the first subscription of a connection may say it. */
  readonly since?: Cursor | undefined
}

/** How a subscription began. */
export interface Subscribed {
  /** Place of the newest event when it began: what comes later is live. */
  readonly cursor: Cursor
  /** Whether everything after `since` comes; undefined without `since`. */
  readonly recovered?: boolean
  /** How many alerts from before `cursor` come first. */
  readonly replayed?: number
  /** What may be missing, when not all was recovered. */
  readonly gap?: Gap
}

/** A connection or a listener, with its subscriptions. */
export interface Receiver {
  subscribe(id: string, request: Request): Subscribed | Promise<Subscribed>
  /** Returns whether there was one. */
  unsubscribe(id: string): boolean
  /** What was unsent is sent: more can be written. */
  ready(): void
  /** Writes at once what waits to be flushed, as far as it can be written. */
  flush(): void
  /** Everything up to this place was written. */
  readonly cursor: Cursor
  close(): void
}

export interface AlertHubEvents {
  alert(alert: Alert, subscribers: number): void
  /** Whether anyone listens to `alert`; counting subscribers is not free. */
  hasAlertListener(): boolean
  gap(gap: Gap): void
  error(error: unknown): void
}

export interface AlertHubOptions {
  /** Events that are remembered for those who come back or are slow. Default 65,536. */
  readonly capacity?: number
  /** Milliseconds after which a connection that reads nothing is dropped. Default 30,000. */
  readonly maxStalledMs?: number
}

export interface AlertHub {
  start(): Promise<void>
  /** Calls listeners in this process. */
  listen(on: { alert: (alert: Alert) => void; gap: (gap: Gap) => void }): Receiver
  /** Writes bytes to a connection; see {@link frameOutlet}. */
  connect(outlet: { encode: Encode; write: (bytes: Buffer) => boolean; slow: () => void }): Receiver
  /** Publishes stored events to every instance. */
  publish(events: readonly RedEvent[]): Promise<void>
  /** Whether the image is among the events that were published or read lately. */
  hasRecent(imageId: string): boolean
  readonly metrics: AlertMetrics
  close(): Promise<void>
}

interface Connection {
  readonly handle: number
  readonly outlet: Outlet
  readonly interest: Interest
  /** `idle`: has everything; `queued`: waits to be flushed; `stalled`: waits for its socket; `resuming`: for its place. */
  state: 'idle' | 'queued' | 'stalled' | 'resuming' | 'closed'
  /** Has been sent what it wants up to here; while idle, up to the head. */
  position: number
  cursor: Cursor
  /** When it was queued with news, or stalled. */
  since: number
  /** Was idle when the news came, so that the time until they are written is the hub's doing. */
  live: boolean
  indexed: readonly Threshold[]
}

/**
 * Reads the notifier's stream once, into a ring, and flushes it to whoever is concerned. A connection is a place in the
 * ring, whether it is live, slow or just came back, so nothing is queued for it and there is no seam between past and
 * present at which an event could be lost or doubled.
 */
export function createAlertHub(
  notifier: Notifier,
  on: AlertHubEvents,
  { capacity = 65_536, maxStalledMs = 30_000 }: AlertHubOptions = {},
): AlertHub {
  const ring = createEventRing(capacity)
  const recent = createRecentIds(capacity)
  const audience = createAudience()
  const connections: (Connection | undefined)[] = [] // by handle
  const freeHandles: number[] = []
  const stalled = new Set<Connection>()
  const frames = new Map<Encode, Frames>()
  const metrics = createAlertMetrics({ stalled: () => stalled.size })
  const resume = createResume(ring, notifier)
  const flush = createFlushLoop<Connection>({ serve, sliced: metrics.sliced })
  const stop = new AbortController()
  const patience = setInterval(dropStalled, Math.min(1000, maxStalledMs)).unref()
  let reading: Promise<void> = Promise.resolve()

  async function readFrom(head: Cursor): Promise<void> {
    for await (const batch of notifier.read(head, { signal: stop.signal })) {
      if ('type' in batch) {
        on.gap(batch)
        metrics.gap(batch.reason)
        take([batch])
      } else take(batch)
    }
  }

  function take(batch: readonly StreamItem[]): void {
    const before = ring.head
    const cursor = ring.cursorAt(before)
    const now = performance.now()
    for (const item of batch) {
      ring.push(item)
      if (!isGap(item)) recent.add(item.event.imageId)
    }
    metrics.eventsIn(batch.length)
    audience.reach(batch, (handle) => {
      const connection = connections[handle]!
      if (connection.state !== 'idle') return
      connection.since = now
      connection.live = true
      connection.position = before
      connection.cursor = cursor
      enqueue(connection)
    })
    if (flush.size > 0) metrics.fanoutFrom(now)
    if (on.hasAlertListener()) batch.forEach(report)
  }

  function report(item: StreamItem): void {
    if (isGap(item)) return
    const subscribers = audience.count(item)
    if (subscribers > 0) on.alert(item, subscribers)
  }

  function enqueue(connection: Connection): void {
    connection.state = 'queued'
    flush.push(connection)
  }

  function serve(connection: Connection): void {
    if (connection.state !== 'queued') return
    const { outlet, interest } = connection
    if (connection.position < ring.floor) {
      const gap: Gap = { type: 'gap', from: connection.cursor, to: ring.cursorAt(ring.floor), reason: 'slow' }
      connection.position = ring.floor
      metrics.gap('slow')
      outlet.gap(gap)
    }
    const from = connection.position
    const { to, alerts, ready } =
      interest.size > 0 ? outlet.send(from, interest) : { to: ring.head, alerts: 0, ready: true }
    if (isClosed(connection)) return // by what it was sent
    connection.position = to
    connection.cursor = ring.cursorAt(to)
    metrics.delivered(alerts, connection.live ? connection.since : undefined)
    if (!ready) {
      connection.state = 'stalled'
      connection.live = false
      connection.since = performance.now()
      stalled.add(connection)
    } else if (to === ring.head) connection.state = 'idle'
    else flush.push(connection)
  }

  function dropStalled(): void {
    const now = performance.now()
    for (const connection of stalled) {
      if (now - connection.since < maxStalledMs) continue
      metrics.slowClosed()
      connection.outlet.slow()
      close(connection)
    }
  }

  function open(outlet: Outlet): Receiver {
    const handle = freeHandles.pop() ?? connections.length
    const connection: Connection = {
      handle,
      outlet,
      interest: createInterest(),
      state: 'idle',
      position: ring.head,
      cursor: '',
      since: 0,
      live: false,
      indexed: [],
    }
    connections[handle] = connection
    return {
      subscribe: (id, request) => subscribe(connection, id, request),
      unsubscribe: (id) => {
        const had = connection.interest.delete(id)
        if (had) index(connection)
        return had
      },
      ready: () => {
        if (connection.state !== 'stalled') return
        stalled.delete(connection)
        if (connection.position < ring.head) enqueue(connection)
        else connection.state = 'idle'
      },
      flush: () => {
        while (connection.state === 'queued') serve(connection)
      },
      get cursor() {
        return connection.state === 'idle' ? ring.cursorAt(ring.head) : connection.cursor
      },
      close: () => close(connection),
    }
  }

  function subscribe(connection: Connection, id: string, request: Request): Subscribed | Promise<Subscribed> {
    const { since } = request
    if (since === undefined) {
      join(connection, id, request, ring.head)
      return { cursor: ring.cursorAt(ring.head) }
    }
    const point = resume(since)
    if (!(point instanceof Promise)) return goOn(connection, id, request, point)
    connection.state = 'resuming'
    return point.then((found) => {
      if (connection.state === 'resuming') connection.state = 'idle'
      return goOn(connection, id, request, found)
    })
  }

  function goOn(connection: Connection, id: string, request: Request, point: ResumePoint): Subscribed {
    const { position, recovered, gap } = point
    join(connection, id, request, position)
    const replayed = ring.countAbove(position, ring.head, request.minRed)
    metrics.resumed(recovered, replayed)
    if (gap !== undefined) metrics.gap(gap.reason)
    return { cursor: ring.cursorAt(ring.head), recovered, replayed, ...(gap === undefined ? {} : { gap }) }
  }

  function join(connection: Connection, id: string, { minRed, clientId }: Request, after: number): void {
    if (isClosed(connection)) return
    const { interest } = connection
    interest.add(id, { minRed, clientId, after })
    index(connection)
    if (connection.state !== 'idle') {
      connection.position = Math.max(connection.position, interest.after)
    } else if (after < ring.head) {
      connection.position = after
      connection.live = false
      connection.cursor = ring.cursorAt(after)
      enqueue(connection)
    }
  }

  function index(connection: Connection): void {
    audience.delete(connection.handle, connection.indexed)
    connection.indexed = connection.interest.thresholds()
    audience.add(connection.handle, connection.indexed)
  }

  function close(connection: Connection): void {
    if (isClosed(connection)) return
    connection.state = 'closed'
    stalled.delete(connection)
    audience.delete(connection.handle, connection.indexed)
    connections[connection.handle] = undefined
    freeHandles.push(connection.handle)
  }

  function framesOf(encode: Encode): Frames {
    return getOrCreate(frames, encode, () => createFrames(ring, encode))
  }

  return {
    start: async () => {
      const { head } = await notifier.start()
      ring.begin(head)
      reading = readFrom(head).catch((error: unknown) => on.error(error))
    },
    listen: ({ alert, gap }) => open(listenerOutlet(ring, { alert, gap, error: on.error })),
    connect: (outlet) => open(frameOutlet(framesOf(outlet.encode), outlet)),
    publish: async (events) => {
      if (events.length === 0) return
      await notifier.publish(events)
      for (const { imageId } of events) recent.add(imageId)
    },
    hasRecent: recent.has,
    metrics,
    close: async () => {
      stop.abort()
      clearInterval(patience)
      flush.close()
      await reading
    },
  }
}

function isClosed(connection: Connection): boolean {
  return connection.state === 'closed'
}
