import type { SubscriptionRegistry } from '../registry.ts'
import { defineCases, type SkipOptions, type TestRunner } from './define-cases.ts'
import { registryCases } from './registry/cases.ts'

export type RegistrySuiteOptions = SkipOptions

/** What a registry under test is made with. */
export interface RegistryUnderTest {
  /** Another for each case. */
  readonly place: string
  /** The clock that it must use. */
  readonly now: () => number
  /** Milliseconds that it must keep inactive rows. */
  readonly keepMs: number
}

const keepMs = 60_000

/**
 * The names of all cases, as `skip` takes them.
 *
 * @example
 * ```ts
 * import { registryCaseNames } from 'ruddle/red-stats/testing'
 *
 * registryCaseNames[0] // => 'knows nothing at first'
 * ```
 */
export const registryCaseNames: readonly string[] = registryCases.map(({ name }) => name)

/**
 * Defines the cases that every {@link SubscriptionRegistry} passes.
 *
 * @param create Makes a registry that holds nothing.
 * @example
 * ```ts
 * import { describe, it } from 'node:test'
 * import { memoryRegistry } from 'ruddle/red-stats'
 * import { testRegistry } from 'ruddle/red-stats/testing'
 *
 * testRegistry({ describe, it }, ({ now, keepMs }) => memoryRegistry({ now, keepMs }))
 * ```
 */
export function testRegistry(
  runner: TestRunner,
  create: (given: RegistryUnderTest) => SubscriptionRegistry | Promise<SubscriptionRegistry>,
  options: RegistrySuiteOptions = {},
): void {
  const { skip = {}, onSkip = () => {}, ...unknown } = options
  for (const name of Object.keys(unknown)) throw new TypeError(`Unknown option \`${name}\` of testRegistry`)
  defineCases(runner, { registry: registryCases }, { skip, onSkip }, async ({ run }, place) => {
    const clock = { now: 1_700_000_000_000 }
    const registry = await create({ place, now: () => clock.now, keepMs })
    try {
      await run({ registry, clock, keepMs })
    } finally {
      await registry.close()
    }
  })
}
