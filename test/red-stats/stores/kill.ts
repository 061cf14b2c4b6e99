import { expect } from 'vitest'
import { contentsOf, startRecorder } from './recorder.ts'

const producers = 8

/**
 * Records, kills the process in the middle of it, and does so again; then compares what was acknowledged with what is
 * there. A process repeats what it does not know to be stored.
 */
export async function expectKept(folder: string, rounds: number): Promise<void> {
  const acknowledged = new Set<number>()
  let next = 0
  for (let round = 0; round < rounds; round++) {
    const recorder = startRecorder(folder, next, producers)
    await recorder.reached(30 + 7 * (round % 5))
    await recorder.end('SIGKILL')
    for (const number of recorder.acknowledged) acknowledged.add(number)
    const gaps = Array.from({ length: Math.max(...acknowledged) }, (_, n) => n).filter((n) => !acknowledged.has(n))
    next = gaps[0] ?? Math.max(...acknowledged) + 1
  }
  const { numbers, byRows, byIndex } = await contentsOf(folder)
  expect(new Set(numbers).size).toBe(numbers.length)
  expect([...acknowledged].filter((number) => !numbers.includes(number))).toEqual([])
  expect(numbers.length - acknowledged.size).toBeLessThanOrEqual(producers * rounds)
  expect(byIndex).toEqual(byRows)
  expect(byRows[0]).toEqual({ total: numbers.length, above: null })
}
