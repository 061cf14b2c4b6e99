import type { SubscriptionRegistry } from '../registry.ts'
import { registryCases } from './registry/cases.ts'
import type { TestRunner } from './store-suite.ts'

export interface RegistrySuiteOptions {
  /** Cases that this registry is known not to pass, by name, each with the reason. Default none. */
  readonly skip?: Readonly<Record<string, string>>
  /** Is told of a case that is left out, and why. */
  readonly onSkip?: (name: string, reason: string) => void
}

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

/** The names of all cases. */
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
  { describe, it }: TestRunner,
  create: (given: RegistryUnderTest) => SubscriptionRegistry | Promise<SubscriptionRegistry>,
  options: RegistrySuiteOptions = {},
): void {
  const { skip = {}, onSkip = () => {}, ...unknown } = options
  for (const name of Object.keys(unknown)) throw new TypeError(`Unknown option \`${name}\` of testRegistry`)
  for (const name of Object.keys(skip)) {
    if (!registryCaseNames.includes(name)) throw new RangeError(`No case is named \`${name}\``)
  }
  describe('registry', () => {
    for (const [index, { name, run }] of registryCases.entries()) {
      it(name, async () => {
        const reason = skip[name]
        if (reason !== undefined) return onSkip(name, reason)
        const clock = { now: 1_700_000_000_000 }
        const registry = await create({ place: `case_${index + 1}`, now: () => clock.now, keepMs })
        try {
          await run({ registry, clock, keepMs })
        } finally {
          await registry.close()
        }
      })
    }
  })
}
