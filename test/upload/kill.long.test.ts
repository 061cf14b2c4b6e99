import { expect, it } from 'vitest'
import { killLoop } from './kill-loop.ts'

it('after kill -9 at fifty random moments the server has all 500 files, each once', async () => {
  const seed = Number(process.env['SEED'] ?? Date.now() % 1_000_000)
  console.log(`seed ${seed}`)
  let state = seed
  // mulberry32
  const random = (): number => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  let killed = 0
  for (let folder = 0; killed < 50; folder++) {
    expect(folder, 'folders needed for fifty kills').toBeLessThan(50)
    const result = await killLoop(500, 50 - killed, random)
    expect(result.deliveries).toBeLessThanOrEqual(500 + result.killed * 4)
    killed += result.killed
  }
  expect(killed).toBe(50)
})
