import type { RedEvent } from '../../event.ts'
import type { AppendStatus, RedStatsStore } from '../../store.ts'

/** A rule of the contract and the proof that a store keeps it. */
export interface StoreCase {
  readonly name: string
  /** Why the store need not pass it, by what it says of itself; undefined if it must. */
  readonly skip?: (store: RedStatsStore) => string | undefined
  readonly run: (context: StoreContext) => Promise<void>
}

export interface StoreContext {
  readonly store: RedStatsStore
  /** What the store's clock says. */
  readonly clock: { now: number }
  /** Closes the store and opens another on the same data. */
  reopen(): Promise<RedStatsStore>
  /** Number of random operations. */
  readonly operations: number
}

export function event(change: Partial<RedEvent> = {}): RedEvent {
  return { imageId: 'a', timestamp: 1000, clientId: 'c', red: 0.5, ...change }
}

/** Events `0`, `1`, `2` … with what the callback gives each. */
export function events(count: number, change: (index: number) => Partial<RedEvent>): RedEvent[] {
  return Array.from({ length: count }, (_, index) => event({ imageId: String(index), ...change(index) }))
}

export async function statuses(results: Promise<readonly AppendStatus[]>): Promise<string[]> {
  return (await results).map(({ status }) => status)
}

/** For what ends with the process that holds it. */
export function unlessDurable({ capabilities }: RedStatsStore): string | undefined {
  return capabilities.durability === 'memory' ? 'keeps nothing when it is closed' : undefined
}

export function unlessExact({ capabilities }: RedStatsStore): string | undefined {
  return capabilities.conflicts === 'exact' ? undefined : 'does not tell every conflict when writers race'
}
