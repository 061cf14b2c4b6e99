import { getOrCreate } from '../alert-hub/get-or-create.ts'
import type { RegisteredSubscription, SubscriptionRegistry } from '../registry.ts'

interface Row extends RegisteredSubscription {
  readonly active: boolean
  readonly updatedAt: number
}

export interface MemoryRegistryOptions {
  /** Clock in milliseconds since the epoch. Default `Date.now`. */
  readonly now?: () => number
  /** How long an inactive row is kept for its client to come back, in milliseconds. Default an hour. */
  readonly keepMs?: number
}

/**
 * Keeps the registry in this process.
 *
 * @example
 * ```ts
 * import { memoryRegistry, memoryStore, RedStats } from 'ruddle/red-stats'
 *
 * const registry = memoryRegistry()
 * await using stats = new RedStats({ store: memoryStore(), registry })
 * await registry.count({ active: true }) // => 0
 * ```
 */
export function memoryRegistry({
  now = Date.now,
  keepMs = 3_600_000,
}: MemoryRegistryOptions = {}): SubscriptionRegistry {
  if (!(keepMs >= 0)) throw new RangeError(`Expected \`keepMs\` to be from 0, got ${keepMs}`)
  const byConnection = new Map<string, Map<string, Row>>()
  const leases = new Map<string, number>()

  function setActive(connectionId: string, change: { active: boolean; instanceId?: string }): void {
    const rows = byConnection.get(connectionId)
    for (const row of rows?.values() ?? []) rows?.set(row.id, { ...row, ...change, updatedAt: now() })
  }

  function* allRows(): Generator<Row> {
    for (const rows of byConnection.values()) yield* rows.values()
  }

  return {
    upsert: async (rows) => {
      for (const row of rows) {
        const known = getOrCreate(byConnection, row.connectionId, () => new Map<string, Row>())
        known.set(row.id, { ...row, active: true, updatedAt: now() })
      }
    },
    deactivate: async (instanceId, connections) => {
      for (const { id } of connections) {
        const [row] = byConnection.get(id)?.values() ?? []
        if (row?.instanceId === instanceId) setActive(id, { active: false })
      }
    },
    remove: async (subscriptions) => {
      for (const { id, connectionId } of subscriptions) {
        const rows = byConnection.get(connectionId)
        rows?.delete(id)
        if (rows?.size === 0) byConnection.delete(connectionId)
      }
    },
    resume: async (clientId, connectionId, instanceId) => {
      const rows = [...(byConnection.get(connectionId)?.values() ?? [])]
      if (rows.some((row) => row.active || row.clientId !== clientId)) return []
      setActive(connectionId, { active: true, instanceId })
      return rows.map(({ active: _, updatedAt: __, ...row }) => ({ ...row, instanceId }))
    },
    heartbeat: async (instanceId, leaseMs) => {
      const lived = (leases.get(instanceId) ?? 0) >= now()
      leases.set(instanceId, now() + leaseMs)
      return lived
    },
    sweep: async (time) => {
      let swept = 0
      for (const [connectionId, rows] of byConnection) {
        for (const row of rows.values()) {
          const isDead = (leases.get(row.instanceId) ?? 0) < time
          if (row.active && isDead) {
            rows.set(row.id, { ...row, active: false, updatedAt: now() })
            swept++
          } else if (!row.active && row.updatedAt + keepMs < time) rows.delete(row.id)
        }
        if (rows.size === 0) byConnection.delete(connectionId)
      }
      return swept
    },
    count: async ({ active, clientId } = {}) => {
      let count = 0
      for (const row of allRows()) {
        if (active !== undefined && row.active !== active) continue
        if (clientId === undefined || row.clientId === clientId) count++
      }
      return count
    },
    close: async () => {},
  }
}
