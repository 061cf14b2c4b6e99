/** `describe` and `it` of any test runner. */
export interface TestRunner {
  describe(name: string, define: () => void): unknown
  it(name: string, run: () => Promise<void>): unknown
}

/** What every suite takes. */
export interface SkipOptions {
  /** Cases that this adapter is known not to pass, by name, each with the reason. Default none. */
  readonly skip?: Readonly<Record<string, string>>
  /** Is told of a case that is left out, and why. */
  readonly onSkip?: (name: string, reason: string) => void
}

/**
 * Gives the cases to the runner, each with a place of its own: `case_1`, `case_2` and so on.
 * @throws RangeError for a name in `skip` that no case has
 */
export function defineCases<Case extends { readonly name: string }>(
  { describe, it }: TestRunner,
  groups: Readonly<Record<string, readonly Case[]>>,
  { skip = {}, onSkip = () => {} }: SkipOptions,
  run: (testCase: Case, place: string) => Promise<void>,
): void {
  const names = new Set(Object.values(namesOf(groups)).flat())
  for (const name of Object.keys(skip)) if (!names.has(name)) throw new RangeError(`No case is named \`${name}\``)

  let number = 0
  for (const [group, cases] of Object.entries(groups)) {
    describe(group, () => {
      for (const testCase of cases) {
        const place = `case_${++number}`
        it(testCase.name, async () => {
          const reason = skip[testCase.name]
          if (reason !== undefined) return onSkip(testCase.name, reason)
          await run(testCase, place)
        })
      }
    })
  }
}

/** The names of the cases, by group. */
export function namesOf(
  groups: Readonly<Record<string, readonly { readonly name: string }[]>>,
): Readonly<Record<string, readonly string[]>> {
  return Object.fromEntries(Object.entries(groups).map(([group, cases]) => [group, cases.map(({ name }) => name)]))
}
