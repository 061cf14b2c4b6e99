import type { Cursor } from './notifier.ts'
import type { RegisteredSubscription, SubscriptionRegistry } from './registry.ts'

/** Writes to the registry behind the back of whoever subscribes. */
export interface RegistryWriter {
  upsert(row: RegisteredSubscription): void
  remove(row: RegisteredSubscription): void
  deactivate(connectionId: string, cursor: Cursor): void
  /** Resolves when what was given so far is written; rejects when it could not be. */
  written(): Promise<void>
  /** Writes what waits, once, whether it succeeds or not. */
  close(): Promise<void>
}

export interface RegistryWriterOptions {
  readonly instanceId: string
  /** What is subscribed now, to be written again by one whose rows were swept or forgotten. */
  readonly rows: () => Iterable<RegisteredSubscription>
  readonly error: (error: unknown) => void
  readonly batchMs: (ms: number) => void
  /** Milliseconds after which a failed batch is tried again. */
  readonly retryMs?: number
  /** Milliseconds without a sign of life after which an instance's rows are taken for dead. */
  readonly leaseMs?: number
}

type Change = { readonly row: RegisteredSubscription; readonly kind: 'upsert' | 'remove' }

/** Rows that wait while the registry is down; of more, the oldest are given up. */
const maxWaiting = 100_000

/**
 * One batch at a time; what comes meanwhile is the next one, and of several changes to a row the last counts, so that
 * what waits grows with the number of subscriptions only. A registry that is down is asked again until it is back.
 */
export function createRegistryWriter(registry: SubscriptionRegistry, options: RegistryWriterOptions): RegistryWriter {
  const { instanceId, rows, error, batchMs, retryMs = 1000, leaseMs = 30_000 } = options
  let changes = new Map<string, Change>()
  let ended = new Map<string, Cursor>()
  let writing: Promise<void> | undefined
  let retry: NodeJS.Timeout | undefined
  let isLeased = false
  const lease = setInterval(() => keepAlive().catch(error), leaseMs / 3).unref()

  async function keepAlive(): Promise<void> {
    const lived = await registry.heartbeat(instanceId, leaseMs)
    if (!lived && isLeased) {
      for (const row of rows()) if (!changes.has(row.id)) changes.set(row.id, { row, kind: 'upsert' })
      startSoon()
    }
    isLeased = true
    await registry.sweep(Date.now())
  }

  function start(): Promise<void> {
    clearTimeout(retry)
    retry = undefined
    writing ??= Promise.resolve()
      .then(write)
      .finally(() => {
        writing = undefined
      })
    return writing
  }

  function startSoon(): void {
    start().catch((cause: unknown) => {
      error(cause)
      retry = setTimeout(startSoon, retryMs).unref()
    })
  }

  async function write(): Promise<void> {
    while (changes.size > 0 || ended.size > 0) {
      const [batch, gone] = [changes, ended]
      changes = new Map()
      ended = new Map()
      const began = performance.now()
      try {
        if (!isLeased) await registry.heartbeat(instanceId, leaseMs) // else another may sweep what is written now
        isLeased = true
        const rowsOf = (kind: Change['kind']) =>
          [...batch.values()].filter((it) => it.kind === kind).map(({ row }) => row)
        const [upserts, removals] = [rowsOf('upsert'), rowsOf('remove')]
        if (upserts.length > 0) await registry.upsert(upserts)
        if (removals.length > 0) await registry.remove(removals)
        if (gone.size > 0)
          await registry.deactivate(
            instanceId,
            [...gone].map(([id, cursor]) => ({ id, cursor })),
          )
      } catch (cause) {
        changes = newest([...batch, ...changes])
        ended = newest([...gone, ...ended])
        throw cause
      }
      batchMs(performance.now() - began)
    }
  }

  return {
    upsert: (row) => {
      changes.set(row.id, { row, kind: 'upsert' })
      if (retry === undefined) startSoon()
    },
    remove: (row) => {
      changes.set(row.id, { row, kind: 'remove' })
      if (retry === undefined) startSoon()
    },
    deactivate: (connectionId, cursor) => {
      ended.set(connectionId, cursor)
      if (retry === undefined) startSoon()
    },
    written: start,
    close: async () => {
      clearInterval(lease)
      clearTimeout(retry)
      await start().catch(error)
    },
  }
}

function newest<Value>(entries: readonly [string, Value][]): Map<string, Value> {
  return new Map([...new Map(entries)].slice(-maxWaiting))
}
