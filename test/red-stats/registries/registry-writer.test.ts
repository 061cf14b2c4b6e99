import { describe, expect, it } from 'vitest'
import { memoryRegistry, type RegisteredSubscription, type SubscriptionRegistry } from '../../../src/red-stats/index.ts'
import { createRegistryWriter } from '../../../src/red-stats/registry-writer.ts'

const row = (id: string, minRed = 0.5): RegisteredSubscription => ({
  id,
  connectionId: id.split('/')[0]!,
  clientId: 'ann',
  minRed,
  scope: 'all',
  instanceId: 'here',
})

/** A registry that tells what it was asked, and fails while it is down. */
function watched(): SubscriptionRegistry & { calls: string[]; down: boolean } {
  const memory = memoryRegistry()
  const state = {
    ...memory,
    calls: [] as string[],
    down: false,
    upsert: async (rows: readonly RegisteredSubscription[]) => {
      state.calls.push(`upsert ${rows.map(({ id, minRed }) => `${id}=${minRed}`).join(' ')}`)
      if (state.down) throw new Error('down')
      await memory.upsert(rows)
    },
  }
  return state
}

const options = { instanceId: 'here', rows: () => [], error: () => {}, batchMs: () => {} }

describe('writing to the registry', () => {
  it('is one batch for what came meanwhile, and the last change of a row', async () => {
    const registry = watched()
    const writer = createRegistryWriter(registry, options)
    for (const [id, minRed] of [
      ['a/1', 0.1],
      ['a/2', 0.2],
      ['a/1', 0.3],
    ] as const)
      writer.upsert(row(id, minRed))
    await writer.written()
    expect(registry.calls).toEqual(['upsert a/1=0.3 a/2=0.2'])
    writer.upsert(row('b/1'))
    writer.remove(row('b/1'))
    writer.deactivate('a', 'e:1')
    await writer.written()
    expect(registry.calls).toHaveLength(1)
    expect([await registry.count(), await registry.count({ active: true })]).toEqual([2, 0])
    await writer.close()
  })

  it('goes on by itself when the registry is back', async () => {
    const registry = watched()
    const errors: unknown[] = []
    const writer = createRegistryWriter(registry, { ...options, error: (error) => errors.push(error), retryMs: 5 })
    registry.down = true
    writer.upsert(row('a/1'))
    while (errors.length < 2) await new Promise((resolve) => setTimeout(resolve, 5))
    writer.upsert(row('a/2'))
    await expect(writer.written()).rejects.toThrow('down')
    registry.down = false
    await writer.written()
    expect(await registry.count({ active: true })).toBe(2)
    await writer.close()
  })

  it('tries once more at the end, and ends anyway', async () => {
    const registry = watched()
    const errors: unknown[] = []
    const writer = createRegistryWriter(registry, { ...options, error: (error) => errors.push(error), retryMs: 60_000 })
    registry.down = true
    writer.upsert(row('a/1'))
    await writer.close()
    expect(errors.length).toBeGreaterThan(0)
    expect(registry.calls.length).toBeGreaterThan(0)
  })

  it('has its lease before its first row', async () => {
    const registry = memoryRegistry()
    const writer = createRegistryWriter(registry, options)
    writer.upsert(row('a/1'))
    await writer.written()
    expect(await registry.sweep(Date.now())).toBe(0)
    await writer.close()
  })

  it('writes all rows again when they were swept, or the registry is empty', async () => {
    const registry = watched()
    const writer = createRegistryWriter(registry, { ...options, rows: () => [row('a/1'), row('a/2')], leaseMs: 60 })
    writer.upsert(row('a/1'))
    writer.upsert(row('a/2'))
    await writer.written()
    await registry.remove([row('a/1')])
    expect(await registry.sweep(Date.now() + 61)).toBe(1) // as when this process stands still
    await registry.heartbeat('here', -1)
    await expect.poll(() => registry.count({ active: true })).toBe(2)
    await writer.close()
  })

  it('keeps the lease of its instance', async () => {
    const registry = memoryRegistry()
    const writer = createRegistryWriter(registry, { ...options, leaseMs: 30 })
    writer.upsert(row('a/1'))
    let beats = 0
    while (beats < 5) {
      await new Promise((resolve) => setTimeout(resolve, 10))
      beats++
    }
    expect(await registry.sweep(Date.now())).toBe(0)
    await writer.close()
    expect(await registry.sweep(Date.now() + 60)).toBe(1)
  })
})
