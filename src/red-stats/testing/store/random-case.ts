import { deepStrictEqual } from 'node:assert/strict'
import type { RedEvent } from '../../event.ts'
import type { RedStatsStore } from '../../store.ts'
import { type StoreCase, statuses, unlessDurable } from './case.ts'
import { plainArray } from './plain-array.ts'

/** Numbers from 0 to below 1, the same for the same seed (mulberry32). */
function seededRandom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

const span = 100_000

/**
 * Stores new, late, repeated, regrouped and conflicting events and compares every answer with a plain array; now and
 * then the store is closed and opened again.
 */
export function randomCase(seed: number): StoreCase {
  return {
    name: `agrees with a plain array at every step of a random sequence (seed ${seed})`,
    run: async (context) => {
      const random = seededRandom(seed)
      const upTo = (limit: number): number => Math.floor(random() * limit)
      const oracle = plainArray()
      let store = context.store
      let newest = 0

      const tick = (): number => {
        newest += upTo(5)
        return newest
      }
      const fresh = (): RedEvent => ({
        imageId: `i${upTo(10 * context.operations + 1000)}`,
        timestamp: random() < 0.7 ? tick() : upTo(span),
        clientId: `c${upTo(5)}`,
        red: [0, 1, upTo(11) / 10, random(), random() ** 4][upTo(5)]!,
      })
      const known = (): RedEvent => oracle.events[upTo(oracle.events.length)] ?? fresh()
      const altered = (): RedEvent => ({ ...known(), red: random() })
      const query = () => {
        const [a, b] = [upTo(span), upTo(span)]
        return {
          ...(random() < 0.7 ? { from: Math.min(a, b) } : {}),
          ...(random() < 0.7 ? { to: Math.max(a, b) } : {}),
          ...(random() < 0.7 ? { red: random() < 0.5 ? upTo(11) / 10 : random() } : {}),
          ...(random() < 0.2 ? { clientId: `c${upTo(6)}` } : {}),
        }
      }

      for (let operation = 0; operation < context.operations; operation++) {
        try {
          const kind = random()
          if (kind < 0.4) {
            const size = random() < 0.1 ? upTo(200) : upTo(8)
            const batch = Array.from({ length: size }, () => [fresh, fresh, fresh, known, altered][upTo(5)]!())
            deepStrictEqual(await statuses(store.append(batch)), oracle.append(batch))
          } else if (kind < 0.995 || unlessDurable(store) !== undefined) {
            await compare(store, oracle, query(), kind, upTo)
          } else {
            store = await context.reopen()
          }
        } catch (error) {
          throw new Error(`Seed ${seed}, operation ${operation}: ${error instanceof Error ? error.message : error}`, {
            cause: error,
          })
        }
      }
    },
  }
}

async function compare(
  store: RedStatsStore,
  oracle: ReturnType<typeof plainArray>,
  query: { from?: number; to?: number; red?: number; clientId?: string },
  kind: number,
  upTo: (limit: number) => number,
): Promise<void> {
  if (kind < 0.8) {
    deepStrictEqual(await store.count(query), oracle.count(query))
  } else if (kind < 0.87) {
    const series = { ...query, from: query.from ?? 0, to: query.to ?? span, stepMs: 1000 + upTo(20_000) }
    deepStrictEqual(await store.series(series), oracle.series(series))
  } else if (kind < 0.94) {
    const { red: _, ...filter } = query
    const distribution = { ...filter, bins: 1 + upTo(50) }
    deepStrictEqual(await store.distribution(distribution), oracle.distribution(distribution))
  } else {
    const after = oracle.events[upTo(2 * oracle.events.length)]
    const list = { ...query, limit: 1 + upTo(20), ...(after === undefined ? {} : { after }) }
    deepStrictEqual(await store.list(list), oracle.list(list))
  }
}
