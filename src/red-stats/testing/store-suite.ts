import type { RedStatsStore } from '../store.ts'
import { defineCases, namesOf, type SkipOptions, type TestRunner } from './define-cases.ts'
import { appendCases } from './store/append-cases.ts'
import type { StoreCase } from './store/case.ts'
import { chartCases } from './store/chart-cases.ts'
import { countCases } from './store/count-cases.ts'
import { lifeCases } from './store/life-cases.ts'
import { listCases } from './store/list-cases.ts'
import { randomCase } from './store/random-case.ts'
import { valueCases } from './store/value-cases.ts'

export interface StoreSuiteOptions extends SkipOptions {
  /** Operations in each random sequence. Default 150. */
  readonly operations?: number
  /** Whole numbers, each of which gives one random sequence, always the same. Default 1, 2 and 3. */
  readonly seeds?: readonly number[]
}

const defaultSeeds = [1, 2, 3]

const groupsOf = (seeds: readonly number[]): Readonly<Record<string, readonly StoreCase[]>> => ({
  append: appendCases,
  ids: valueCases,
  count: countCases,
  charts: chartCases,
  list: listCases,
  life: lifeCases,
  random: seeds.map(randomCase),
})

/**
 * The names of all cases, by group, as `skip` takes them; those of `random` are of the seeds that are the default.
 *
 * @example
 * ```ts
 * import { storeCaseNames } from 'ruddle/red-stats/testing'
 *
 * Object.keys(storeCaseNames) // => ['append', 'ids', 'count', 'charts', 'list', 'life', 'random']
 * storeCaseNames['life']?.[0] // => 'answers a ping'
 * ```
 */
export const storeCaseNames: Readonly<Record<string, readonly string[]>> = namesOf(groupsOf(defaultSeeds))

/**
 * Defines the cases that every {@link RedStatsStore} passes.
 *
 * @param create Makes a store, not yet opened. The same `place` means the same data: a case that opens a store again
 * asks for it twice. `now` is the clock that the store must use.
 * @example
 * ```ts
 * import { memoryStore } from 'ruddle/red-stats'
 * import { testStore } from 'ruddle/red-stats/testing'
 *
 * // in a test file: import { describe, it } from 'node:test' (or 'vitest')
 * const cases: (() => Promise<void>)[] = []
 * const describe = (_name: string, define: () => void) => define()
 * const it = (_name: string, run: () => Promise<void>) => cases.push(run)
 *
 * testStore({ describe, it }, ({ now }) => memoryStore({ now }), { operations: 10 })
 * for (const run of cases) await run()
 * ```
 */
export function testStore(
  runner: TestRunner,
  create: (options: { readonly place: string; readonly now: () => number }) => RedStatsStore | Promise<RedStatsStore>,
  options: StoreSuiteOptions = {},
): void {
  const { skip = {}, operations = 150, seeds = defaultSeeds, onSkip = () => {}, ...unknown } = options
  for (const name of Object.keys(unknown)) throw new TypeError(`Unknown option \`${name}\` of testStore`)
  defineCases(runner, groupsOf(seeds), { skip, onSkip }, runCase)

  async function runCase({ name, skip, run }: StoreCase, place: string): Promise<void> {
    const clock = { now: 1_700_000_000_000 }
    const open = async (): Promise<RedStatsStore> => {
      const store = await create({ place, now: () => clock.now })
      await store.open()
      return store
    }
    let store = await open()
    try {
      const reason = skip?.(store)
      if (reason !== undefined) return onSkip(name, reason)
      const reopen = async (): Promise<RedStatsStore> => {
        await store.close()
        store = await open()
        return store
      }
      await run({ store, clock, operations, reopen })
    } finally {
      await store.close()
    }
  }
}
