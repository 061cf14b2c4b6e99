import type { Reporter, TestModule } from 'vitest/node'

/** Prints `N passed, N failed` on a line of its own; a file that could not run counts as a failure. */
export default class TotalsReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    const totals = { passed: 0, failed: unhandledErrors.length, skipped: 0, pending: 0 }
    for (const module of modules) {
      if (module.errors().length > 0) totals.failed++
      for (const test of module.children.allTests()) totals[test.result().state]++
    }
    const skipped = totals.skipped > 0 ? `, ${totals.skipped} skipped` : ''
    console.log(`\n${totals.passed} passed, ${totals.failed} failed${skipped}`)
  }
}
