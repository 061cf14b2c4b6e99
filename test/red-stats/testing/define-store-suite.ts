import { afterAll, beforeAll, describe, it } from 'vitest'
import { type StoreSuiteOptions, testStore } from '../../../src/red-stats/testing/index.ts'
import { type StoreUnderTest, stores } from './stores.ts'

/** Runs the suite on one of the stores: one a file, since chDB takes one folder a process. */
export function defineStoreSuite(name: keyof typeof stores, options: StoreSuiteOptions = {}): void {
  describe(`${name} store`, () => {
    let store: StoreUnderTest
    beforeAll(async () => {
      store = await stores[name]!()
    })
    afterAll(() => store.end())
    testStore({ describe, it }, (given) => store.create(given), options)
  })
}
