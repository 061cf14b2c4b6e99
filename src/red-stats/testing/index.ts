/**
 * The suites that an adapter of red-stats passes to be one. They import no test runner: give them the `describe` and
 * `it` of yours (vitest, node:test, mocha …). The guide: [Write an adapter](../../../docs/write-an-adapter.md).
 * @module
 */
export type { SkipOptions, TestRunner } from './define-cases.ts'
export { type NotifierFaults, type NotifierSuiteOptions, notifierCaseNames, testNotifier } from './notifier-suite.ts'
export { type RegistrySuiteOptions, type RegistryUnderTest, registryCaseNames, testRegistry } from './registry-suite.ts'
export { type StoreSuiteOptions, storeCaseNames, testStore } from './store-suite.ts'
