import type { RedStatsStore } from '../../../src/red-stats/index.ts'
import { type StoreSuiteOptions, testStore } from '../../../src/red-stats/testing/index.ts'

export interface CaseResult {
  readonly group: string
  readonly name: string
  readonly result: 'passed' | 'failed' | 'skipped'
  /** What failed, or why it was left out. */
  readonly reason?: string
}

/** A test runner of a few lines: runs every case of the suite and gives the results. */
export async function collectResults(
  create: (given: { place: string; now: () => number }) => RedStatsStore,
  options: Omit<StoreSuiteOptions, 'onSkip'> = {},
): Promise<CaseResult[]> {
  const cases: { group: string; name: string; run: () => Promise<void> }[] = []
  const skipped = new Map<string, string>()
  let group = ''
  const runner = {
    describe: (name: string, define: () => void) => {
      group = name
      define()
    },
    it: (name: string, run: () => Promise<void>) => void cases.push({ group, name, run }),
  }
  testStore(runner, create, { ...options, onSkip: (name, reason) => void skipped.set(name, reason) })
  const results: CaseResult[] = []
  for (const { group, name, run } of cases) {
    try {
      await run()
      const reason = skipped.get(name)
      results.push(
        reason === undefined ? { group, name, result: 'passed' } : { group, name, result: 'skipped', reason },
      )
    } catch (error) {
      results.push({ group, name, result: 'failed', reason: error instanceof Error ? error.message : String(error) })
    }
  }
  return results
}
