import type { Notifier } from '../notifier.ts'
import { defineCases, namesOf, type SkipOptions, type TestRunner } from './define-cases.ts'
import { carryCases } from './notifier/carry-cases.ts'
import { follow, type NotifierCase, type NotifierFaults, type Reading } from './notifier/case.ts'
import { faultCases, lifeCases } from './notifier/life-cases.ts'
import { placeCases } from './notifier/place-cases.ts'

export type { NotifierFaults } from './notifier/case.ts'

export interface NotifierSuiteOptions extends SkipOptions {
  /** What can be done to the stream behind the notifier's back. Default nothing: those cases are left out. */
  readonly faults?: NotifierFaults
}

const groups: Readonly<Record<string, readonly NotifierCase[]>> = {
  carry: carryCases,
  places: placeCases,
  life: lifeCases,
  faults: faultCases,
}

/**
 * The names of all cases, by group, as `skip` takes them.
 *
 * @example
 * ```ts
 * import { notifierCaseNames } from 'ruddle/red-stats/testing'
 *
 * Object.keys(notifierCaseNames) // => ['carry', 'places', 'life', 'faults']
 * notifierCaseNames['life']?.at(-1) // => 'is well when all works'
 * ```
 */
export const notifierCaseNames: Readonly<Record<string, readonly string[]>> = namesOf(groups)

/**
 * Defines the cases that every {@link Notifier} passes.
 *
 * @param create Makes a notifier, not yet started. The same `place` means the same stream: a case that needs several
 * instances asks for it again. A notifier within one process gives the same one.
 * @example
 * ```ts
 * import { describe, it } from 'node:test'
 * import { localNotifier } from 'ruddle/red-stats'
 * import { testNotifier } from 'ruddle/red-stats/testing'
 *
 * const streams = new Map()
 * testNotifier({ describe, it }, ({ place }) => {
 *   if (!streams.has(place)) streams.set(place, localNotifier())
 *   return streams.get(place)
 * })
 * ```
 */
export function testNotifier(
  runner: TestRunner,
  create: (options: { readonly place: string }) => Notifier | Promise<Notifier>,
  options: NotifierSuiteOptions = {},
): void {
  const { faults = {}, skip = {}, onSkip = () => {}, ...unknown } = options
  for (const name of Object.keys(unknown)) throw new TypeError(`Unknown option \`${name}\` of testNotifier`)
  defineCases(runner, groups, { skip, onSkip }, runCase)

  async function runCase({ name, skip, run }: NotifierCase, place: string): Promise<void> {
    const opened = new Set<Notifier>()
    const readings: Reading[] = []
    const open = async (): Promise<Notifier> => {
      const notifier = await create({ place })
      opened.add(notifier)
      return notifier
    }
    try {
      const context = {
        notifier: await open(),
        another: open,
        faults: boundFaults(faults, place),
        follow: (notifier: Notifier, from: string) => {
          const reading = follow(notifier, from)
          readings.push(reading)
          return reading
        },
      }
      const reason = skip?.(context)
      if (reason !== undefined) return onSkip(name, reason)
      await run(context)
    } finally {
      await Promise.all(readings.map((reading) => reading.stop()))
      for (const notifier of opened) await notifier.close()
    }
  }
}

/** A case does not know where its stream is. */
function boundFaults({ trim, recreate, poison, disconnect }: NotifierFaults, place: string): NotifierFaults {
  return {
    ...(trim && { trim: (_: string, keep: number) => trim(place, keep) }),
    ...(recreate && { recreate: () => recreate(place) }),
    ...(poison && { poison: () => poison(place) }),
    ...(disconnect && { disconnect: () => disconnect(place) }),
  }
}
