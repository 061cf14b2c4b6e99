import type { RedStatsStore } from '../store.ts'
import { appendCases } from './store/append-cases.ts'
import type { StoreCase } from './store/case.ts'
import { chartCases } from './store/chart-cases.ts'
import { countCases } from './store/count-cases.ts'
import { lifeCases } from './store/life-cases.ts'
import { listCases } from './store/list-cases.ts'
import { randomCase } from './store/random-case.ts'
import { valueCases } from './store/value-cases.ts'

/** `describe` and `it` of any test runner. */
export interface TestRunner {
  describe(name: string, define: () => void): unknown
  it(name: string, run: () => Promise<void>): unknown
}

export interface StoreSuiteOptions {
  /** Cases that this store is known not to pass, by name, each with the reason. Default none. */
  readonly skip?: Readonly<Record<string, string>>
  /** Operations in each random sequence. Default 150. */
  readonly operations?: number
  /** Whole numbers, each of which gives one random sequence, always the same. Default 1, 2 and 3. */
  readonly seeds?: readonly number[]
  /** Is told of a case that is left out, and why. */
  readonly onSkip?: (name: string, reason: string) => void
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

/** The names of all cases, by group. */
export const storeCaseNames: Readonly<Record<string, readonly string[]>> = Object.fromEntries(
  Object.entries(groupsOf(defaultSeeds)).map(([group, cases]) => [group, cases.map(({ name }) => name)]),
)

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
  { describe, it }: TestRunner,
  create: (options: { readonly place: string; readonly now: () => number }) => RedStatsStore | Promise<RedStatsStore>,
  options: StoreSuiteOptions = {},
): void {
  const { skip = {}, operations = 150, seeds = defaultSeeds, onSkip = () => {}, ...unknown } = options
  for (const name of Object.keys(unknown)) throw new TypeError(`Unknown option \`${name}\` of testStore`)
  const groups = groupsOf(seeds)
  const names = new Set(Object.values(groups).flatMap((cases) => cases.map(({ name }) => name)))
  for (const name of Object.keys(skip)) if (!names.has(name)) throw new RangeError(`No case is named \`${name}\``)

  let number = 0
  for (const [group, cases] of Object.entries(groups)) {
    describe(group, () => {
      for (const testCase of cases) {
        const place = `case_${++number}`
        it(testCase.name, async () => {
          const reason = skip[testCase.name]
          if (reason !== undefined) return onSkip(testCase.name, reason)
          await runCase(testCase, place)
        })
      }
    })
  }

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
