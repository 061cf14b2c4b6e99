import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createThresholdIndex } from '../../../src/red-stats/alert-hub/threshold-index.ts'

/** The plain twin: every threshold in a Map, looked at one by one. */
function scan(thresholds: ReadonlyMap<number, number>, red: number): number[] {
  return [...thresholds].filter(([, threshold]) => threshold < red).map(([handle]) => handle)
}

const sorted = (handles: Iterable<number>): number[] => [...handles].sort((a, b) => a - b)

// Few distinct values, so that many are equal, and their neighbours among the doubles.
const threshold = fc.oneof(
  fc.constantFrom(0, Number.MIN_VALUE, 0.1, 0.5, 0.5 - Number.EPSILON / 4, 0.5 + Number.EPSILON / 2, 1),
  fc.double({ min: 0, max: 1, noNaN: true }),
)

describe('a threshold index', () => {
  it('finds what a scan finds, whatever is added and deleted', () => {
    const step = fc.record({ handle: fc.nat(300), threshold, add: fc.boolean() })
    fc.assert(
      fc.property(
        fc.array(step, { maxLength: 2000, size: 'max' }),
        fc.array(threshold, { minLength: 1 }),
        (steps, reds) => {
          const index = createThresholdIndex()
          const plain = new Map<number, number>()
          for (const { handle, threshold, add } of steps) {
            const known = plain.get(handle)
            if (known !== undefined) {
              expect(index.delete(handle, known)).toBe(true)
              plain.delete(handle)
            }
            if (!add) continue
            index.add(handle, threshold)
            plain.set(handle, threshold)
          }
          expect(index.size).toBe(plain.size)
          const out = new Uint32Array(plain.size)
          for (const red of [...reds, Number.POSITIVE_INFINITY]) {
            const found = index.match(red, out)
            expect(sorted(out.subarray(0, found))).toEqual(sorted(scan(plain, red)))
            expect(index.count(red)).toBe(found)
          }
        },
      ),
      { numRuns: 60 },
    )
  })

  it.each([
    ['one threshold', () => 0.5],
    ['ascending thresholds', (n: number) => n / 20_000],
    ['descending thresholds', (n: number) => 1 - n / 20_000],
  ])('agrees with a scan for 20,000 entries with %s', (_, thresholdOf) => {
    const index = createThresholdIndex()
    const plain = new Map<number, number>()
    for (let handle = 0; handle < 20_000; handle++) {
      index.add(handle, thresholdOf(handle))
      plain.set(handle, thresholdOf(handle))
    }
    for (let handle = 0; handle < 20_000; handle += 3) {
      index.delete(handle, thresholdOf(handle))
      plain.delete(handle)
    }
    const out = new Uint32Array(20_000)
    for (const red of [0, 0.25, 0.5, 0.500001, 1]) {
      const found = index.match(red, out)
      expect(sorted(out.subarray(0, found))).toEqual(sorted(scan(plain, red)))
      expect(index.count(red)).toBe(found)
    }
  })

  it('gives the lowest threshold first', () => {
    const index = createThresholdIndex()
    for (const [handle, value] of [0.3, 0.1, 0.2].entries()) index.add(handle, value)
    const out = new Uint32Array(3)
    expect([index.match(1, out), ...out]).toEqual([3, 1, 2, 0])
  })

  it('says that what is not there was not deleted', () => {
    const index = createThresholdIndex()
    index.add(1, 0.5)
    expect(index.delete(1, 0.4)).toBe(false)
    expect(index.delete(2, 0.5)).toBe(false)
    expect(index.delete(1, 0.5)).toBe(true)
    expect(index.delete(1, 0.5)).toBe(false)
    expect(index.size).toBe(0)
  })

  it('takes the largest handle', () => {
    const index = createThresholdIndex()
    index.add(2 ** 32 - 1, 0.5)
    const out = new Uint32Array(1)
    expect([index.match(0.6, out), out[0]]).toEqual([1, 2 ** 32 - 1])
  })
})
