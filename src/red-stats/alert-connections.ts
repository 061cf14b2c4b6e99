import { randomUUID } from 'node:crypto'
import type { Subscribed } from './alert-hub/receiver.ts'
import type { AlertHub } from './alert-hub.ts'
import type { AlertClient, AlertConnection, SubscriptionRequest } from './alert-source.ts'
import { RedStatsError } from './errors.ts'
import type { Cursor } from './notifier.ts'
import type { RegisteredSubscription, SubscriptionRegistry } from './registry.ts'
import type { RegistryWriter } from './registry-writer.ts'

/** A connection, as the events `connect`, `disconnect` and `slow` tell of it. */
export interface ConnectionInfo {
  readonly id: string
  readonly clientId: string
  /** Everything up to this place was written to it. */
  readonly cursor: Cursor
}

export interface AlertConnectionsOptions {
  readonly hub: AlertHub
  readonly registry: SubscriptionRegistry
  readonly writer: RegistryWriter
  readonly instanceId: string
  /** Whether a new subscription waits for the registry, and fails with it. */
  readonly whenRegistryDown: 'accept' | 'reject'
  readonly on: (name: 'connect' | 'disconnect' | 'slow', connection: ConnectionInfo) => void
}

export interface AlertConnections {
  connect(client: AlertClient): Promise<AlertConnection>
  /** What the registry should know. */
  rows(): Iterable<RegisteredSubscription>
  readonly connections: number
  readonly subscriptions: number
  readonly bufferedBytes: number
}

/** Serves connections from the hub and tells the registry of their subscriptions. */
export function createAlertConnections(options: AlertConnectionsOptions): AlertConnections {
  const { hub, registry, writer, instanceId, whenRegistryDown, on } = options
  type Open = { readonly client: AlertClient; readonly rows: Map<string, RegisteredSubscription> }
  const open = new Map<string, Open>() // by the connection's id
  let subscriptions = 0

  /** The id under which the registry knows this client's earlier connection, when it has ended; else a new one. */
  async function idOf({ clientId, previousId }: AlertClient): Promise<string> {
    if (previousId === undefined || open.has(previousId)) return randomUUID()
    const rows = await registry.resume(clientId, previousId, instanceId).catch(() => [])
    return rows.length > 0 && !open.has(previousId) ? previousId : randomUUID()
  }

  async function connect(client: AlertClient): Promise<AlertConnection> {
    const { clientId, encode } = client
    const id = await idOf(client)
    const rows = new Map<string, RegisteredSubscription>()
    const receiver = hub.connect({ encode, write: client.write, slow: dropped })
    let closed = false
    open.set(id, { client, rows })
    on('connect', info())

    function info(): ConnectionInfo {
      return { id, clientId, cursor: receiver.cursor }
    }

    async function subscribe(requests: readonly SubscriptionRequest[], since?: Cursor): Promise<Subscribed[]> {
      for (const request of requests) register(request)
      try {
        if (whenRegistryDown === 'reject') await writer.written().catch(unavailable)
        const wanted = requests.map(({ id, minRed, scope }) => ({
          id,
          minRed,
          clientId: scope === 'own' ? clientId : undefined,
        }))
        return await receiver.subscribe(wanted, since)
      } catch (error) {
        for (const { id } of requests) unsubscribe(id)
        throw error
      }
    }

    function register({ id: name, minRed, scope }: SubscriptionRequest): void {
      const row = { id: `${id}/${name}`, connectionId: id, clientId, minRed, scope, instanceId }
      rows.set(name, row)
      subscriptions++
      writer.upsert(row)
    }

    function unsubscribe(name: string): boolean {
      const row = rows.get(name)
      if (row === undefined) return false
      rows.delete(name)
      subscriptions--
      receiver.unsubscribe(name)
      writer.remove(row)
      return true
    }

    function dropped(): void {
      on('slow', info())
      close()
      client.slow()
    }

    function close(): void {
      if (closed) return
      closed = true
      const last = info()
      receiver.close()
      open.delete(id)
      subscriptions -= rows.size
      if (rows.size > 0) writer.deactivate(id, last.cursor)
      on('disconnect', last)
    }

    const { ready, flush } = receiver
    return {
      id,
      subscribe,
      unsubscribe,
      ready,
      flush,
      get cursor() {
        return receiver.cursor
      },
      close,
    }
  }

  return {
    connect,
    rows: function* () {
      for (const { rows } of open.values()) yield* rows.values()
    },
    get connections() {
      return open.size
    },
    get subscriptions() {
      return subscriptions
    },
    get bufferedBytes() {
      let bytes = 0
      for (const { client } of open.values()) bytes += client.unsent()
      return bytes
    },
  }
}

function unavailable(cause: unknown): never {
  throw new RedStatsError('UNAVAILABLE', 'The registry of subscriptions cannot be reached', { cause })
}
