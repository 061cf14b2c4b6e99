import { expect, test } from 'vitest'
import { curveErrors } from './miss-ratio.ts'

test.each([1, 2, 3])('six loads, sizes 1 to 65,536, seed %i: at most 2.5 points off a real LRU cache', (seed) => {
  for (const { largest, mean } of Object.values(curveErrors(300_000, seed))) {
    expect(largest).toBeLessThan(2.5)
    expect(mean).toBeLessThan(1)
  }
})
