import { deepStrictEqual, strictEqual } from 'node:assert/strict'
import type { RegisteredSubscription, SubscriptionRegistry } from '../../registry.ts'

/** A rule of the contract and the proof that a registry keeps it. */
export interface RegistryCase {
  readonly name: string
  readonly run: (context: RegistryContext) => Promise<void>
}

export interface RegistryContext {
  readonly registry: SubscriptionRegistry
  /** What the registry's clock says. */
  readonly clock: { now: number }
  /** Milliseconds that inactive rows are kept. */
  readonly keepMs: number
}

function row(change: Partial<RegisteredSubscription> = {}): RegisteredSubscription {
  const { connectionId = 'connection' } = change
  const id = `${connectionId}/subscription`
  return { id, connectionId, clientId: 'client', minRed: 0.5, scope: 'all', instanceId: 'here', ...change }
}

const ended = (id = 'connection') => [{ id, cursor: 'somewhere' }]

export const registryCases: readonly RegistryCase[] = [
  {
    name: 'knows nothing at first',
    run: async ({ registry, clock }) => {
      strictEqual(await registry.count(), 0)
      deepStrictEqual(await registry.resume('client', 'connection', 'here'), [])
      strictEqual(await registry.sweep(clock.now), 0)
    },
  },
  {
    name: 'takes no rows, and nothing that ended',
    run: async ({ registry }) => {
      await registry.upsert([])
      await registry.remove([])
      await registry.deactivate('here', [])
      strictEqual(await registry.count(), 0)
    },
  },
  {
    name: 'writes a row once, and the last of several',
    run: async ({ registry }) => {
      await registry.upsert([row(), row({ minRed: 0.6 })])
      await registry.upsert([row({ minRed: 0.1 + 0.2 }), row({ id: 'connection/other', minRed: 1, scope: 'own' })])
      strictEqual(await registry.count(), 2)
      await registry.deactivate('here', ended())
      const rows = await registry.resume('client', 'connection', 'there')
      deepStrictEqual(
        [...rows].sort((a, b) => a.minRed - b.minRed),
        [
          row({ minRed: 0.1 + 0.2, instanceId: 'there' }),
          row({ id: 'connection/other', minRed: 1, scope: 'own', instanceId: 'there' }),
        ],
      )
    },
  },
  {
    name: 'counts by state and client',
    run: async ({ registry }) => {
      await registry.upsert([row({ connectionId: 'a' }), row({ connectionId: 'b', clientId: 'other' })])
      await registry.deactivate('here', ended('b'))
      strictEqual(await registry.count(), 2)
      strictEqual(await registry.count({ active: true }), 1)
      strictEqual(await registry.count({ active: false }), 1)
      strictEqual(await registry.count({ clientId: 'other' }), 1)
      strictEqual(await registry.count({ clientId: 'other', active: true }), 0)
      strictEqual(await registry.count({ clientId: 'nobody' }), 0)
    },
  },
  {
    name: 'keeps ids of any text',
    run: async ({ registry }) => {
      const odd = `it's "odd" \\ ✓ 🍅 {} \u2028`
      await registry.upsert([row({ id: odd, connectionId: odd, clientId: odd, instanceId: odd })])
      await registry.deactivate(odd, ended(odd))
      const [found] = await registry.resume(odd, odd, odd)
      deepStrictEqual(found, row({ id: odd, connectionId: odd, clientId: odd, instanceId: odd }))
      strictEqual(await registry.count({ clientId: odd, active: true }), 1)
    },
  },
  {
    name: 'writes many rows at once',
    run: async ({ registry }) => {
      const rows = Array.from({ length: 2500 }, (_, index) => row({ connectionId: `c${index}`, minRed: index / 2500 }))
      await registry.upsert(rows)
      strictEqual(await registry.count({ active: true }), 2500)
      await registry.deactivate(
        'here',
        rows.slice(0, 2000).map(({ connectionId }) => ({ id: connectionId, cursor: 'x' })),
      )
      strictEqual(await registry.count({ active: true }), 500)
      await registry.remove(rows)
      strictEqual(await registry.count(), 0)
    },
  },
  {
    name: 'removes a subscription, not those beside it',
    run: async ({ registry }) => {
      await registry.upsert([row({ id: 'a' }), row({ id: 'b' })])
      await registry.remove([{ id: 'a', connectionId: 'connection' }])
      await registry.remove([{ id: 'never was', connectionId: 'connection' }])
      await registry.deactivate('here', ended())
      deepStrictEqual(await registry.resume('client', 'connection', 'here'), [row({ id: 'b' })])
    },
  },
  {
    name: 'does not resume what is active',
    run: async ({ registry }) => {
      await registry.upsert([row()])
      deepStrictEqual(await registry.resume('client', 'connection', 'there'), [])
    },
  },
  {
    name: "does not resume another client's connection",
    run: async ({ registry }) => {
      await registry.upsert([row()])
      await registry.deactivate('here', ended())
      deepStrictEqual(await registry.resume('thief', 'connection', 'there'), [])
      strictEqual(await registry.count({ active: true }), 0)
    },
  },
  {
    name: 'gives a connection to one of two that want it',
    run: async ({ registry }) => {
      await registry.upsert([row({ id: 'a' }), row({ id: 'b' })])
      await registry.deactivate('here', ended())
      const both = await Promise.all(['x', 'y'].map((instance) => registry.resume('client', 'connection', instance)))
      deepStrictEqual(both.map(({ length }) => length).sort(), [0, 2])
    },
  },
  {
    name: 'does not let an instance end what another serves',
    run: async ({ registry }) => {
      await registry.upsert([row()])
      await registry.deactivate('here', ended())
      await registry.resume('client', 'connection', 'there')
      await registry.deactivate('here', ended())
      strictEqual(await registry.count({ active: true }), 1)
      await registry.deactivate('there', ended())
      strictEqual(await registry.count({ active: true }), 0)
    },
  },
  {
    name: 'sweeps the rows of instances that gave no sign of life',
    run: async ({ registry, clock }) => {
      await registry.heartbeat('here', 1000)
      await registry.heartbeat('dead', 1000)
      await registry.upsert([
        row({ connectionId: 'a' }),
        row({ connectionId: 'b', instanceId: 'dead' }),
        row({ connectionId: 'c', instanceId: 'never heard of' }),
      ])
      strictEqual(await registry.sweep(clock.now), 1)
      clock.now += 900
      await registry.heartbeat('here', 1000)
      clock.now += 200
      strictEqual(await registry.sweep(clock.now), 1)
      strictEqual(await registry.sweep(clock.now), 0)
      strictEqual(await registry.count({ active: true }), 1)
      strictEqual((await registry.resume('client', 'b', 'here')).length, 1)
    },
  },
  {
    name: 'tells an instance whether it still had its lease',
    run: async ({ registry, clock }) => {
      strictEqual(await registry.heartbeat('here', 1000), false)
      strictEqual(await registry.heartbeat('here', 1000), true)
      clock.now += 1001
      strictEqual(await registry.heartbeat('here', 1000), false)
      strictEqual(await registry.heartbeat('there', 1000), false)
    },
  },
  {
    name: 'keeps the rows of two instances of one name while one of them lives',
    run: async ({ registry, clock }) => {
      await registry.heartbeat('twin', 1000)
      await registry.upsert([row({ instanceId: 'twin' })])
      clock.now += 900
      await registry.heartbeat('twin', 1000)
      clock.now += 900
      strictEqual(await registry.sweep(clock.now), 0)
      clock.now += 101
      strictEqual(await registry.sweep(clock.now), 1)
    },
  },
  {
    name: 'forgets inactive rows in time',
    run: async ({ registry, clock, keepMs }) => {
      await registry.heartbeat('here', 10 * keepMs)
      await registry.upsert([row({ connectionId: 'a' }), row({ connectionId: 'b' })])
      await registry.deactivate('here', ended('a'))
      clock.now += keepMs
      await registry.sweep(clock.now)
      strictEqual(await registry.count(), 2)
      clock.now += 1
      await registry.sweep(clock.now)
      strictEqual(await registry.count(), 1)
      strictEqual(await registry.count({ active: true }), 1)
    },
  },
]
