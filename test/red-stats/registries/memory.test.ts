import { describe, expect, it } from 'vitest'
import { memoryRegistry, type RegisteredSubscription } from '../../../src/red-stats/index.ts'

const row = (id: string, change: Partial<RegisteredSubscription> = {}): RegisteredSubscription => ({
  id,
  connectionId: id.split('/')[0]!,
  clientId: 'ann',
  minRed: 0.5,
  scope: 'all',
  instanceId: 'here',
  ...change,
})

describe('the registry in memory', () => {
  it('counts what is active, and whose it is', async () => {
    const registry = memoryRegistry()
    await registry.upsert([row('a/1'), row('a/2'), row('b/1', { clientId: 'bob' })])
    expect(await registry.count()).toBe(3)
    expect(await registry.count({ clientId: 'ann' })).toBe(2)
    await registry.deactivate('here', [{ id: 'a', cursor: 'e:1' }])
    expect(await registry.count({ active: true })).toBe(1)
    expect(await registry.count({ active: false, clientId: 'ann' })).toBe(2)
  })

  it('keeps one row for an id', async () => {
    const registry = memoryRegistry()
    await registry.upsert([row('a/1'), row('a/1', { minRed: 0.9 })])
    await registry.upsert([row('a/1')])
    expect(await registry.count()).toBe(1)
  })

  it('removes what its client ended', async () => {
    const registry = memoryRegistry()
    await registry.upsert([row('a/1'), row('a/2')])
    await registry.remove([row('a/1'), row('a/9'), row('z/1')])
    expect(await registry.count()).toBe(1)
    await registry.remove([row('a/2')])
    expect(await registry.count()).toBe(0)
  })

  it('gives an ended connection back to its client, to no one else, and not twice', async () => {
    const registry = memoryRegistry()
    await registry.upsert([row('a/1'), row('a/2')])
    expect(await registry.resume('ann', 'a', 'there')).toEqual([]) // it is not ended
    await registry.deactivate('here', [{ id: 'a', cursor: 'e:1' }])
    expect(await registry.resume('bob', 'a', 'there')).toEqual([])
    expect(await registry.resume('ann', 'x', 'there')).toEqual([])
    const rows = [row('a/1', { instanceId: 'there' }), row('a/2', { instanceId: 'there' })]
    expect(await registry.resume('ann', 'a', 'there')).toEqual(rows)
    expect(await registry.resume('ann', 'a', 'there')).toEqual([])
    expect(await registry.count({ active: true })).toBe(2)
  })

  it('does not end a connection that has moved to another instance', async () => {
    const registry = memoryRegistry()
    await registry.upsert([row('a/1', { instanceId: 'there' })])
    await registry.deactivate('here', [{ id: 'a', cursor: 'e:1' }])
    expect(await registry.count({ active: true })).toBe(1)
  })

  it('sweeps the rows of instances that died, and in time forgets them', async () => {
    let now = 0
    const registry = memoryRegistry({ now: () => now, keepMs: 1000 })
    await registry.heartbeat('here', 100)
    await registry.heartbeat('there', 200)
    await registry.upsert([row('a/1'), row('b/1', { instanceId: 'there' })])
    now = 150
    expect(await registry.sweep(now)).toBe(1)
    expect(await registry.count({ active: true })).toBe(1)
    await registry.heartbeat('there', 10_000)
    now = 1151
    expect(await registry.sweep(now)).toBe(0)
    expect(await registry.count()).toBe(1)
    await registry.close()
  })

  it('refuses to keep rows for less than no time', () => {
    expect(() => memoryRegistry({ keepMs: -1 })).toThrow(new RangeError('Expected `keepMs` to be from 0, got -1'))
  })
})
