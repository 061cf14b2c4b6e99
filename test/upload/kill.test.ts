import { expect, it } from 'vitest'
import { killLoop } from './kill-loop.ts'

it('after kill -9 at three moments the same call goes on, and the server has every file once', async () => {
  const moments = [0.2, 0.4, 0.5, 0.5, 0.3, 0.3]
  const { killed, deliveries } = await killLoop(150, 3, () => moments.shift() ?? 0.5)
  expect(killed).toBeGreaterThan(0)
  // what was in flight when it was killed may have come twice: at most one file a lane and kill
  expect(deliveries).toBeLessThanOrEqual(150 + killed * 4)
})
