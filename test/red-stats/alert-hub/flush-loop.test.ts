import { setImmediate } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { createFlushLoop } from '../../../src/red-stats/alert-hub/flush-loop.ts'

describe('the flush loop', () => {
  it('gives way to the event loop after each slice, and goes on', async () => {
    let time = 0
    const served: number[] = []
    const slices: [ms: number, done: boolean][] = []
    const loop = createFlushLoop<number>({
      serve: (items) => {
        served.push(...items)
        time += items.length
      },
      together: 2,
      sliced: (ms, done) => slices.push([ms, done]),
      sliceMs: 4,
      now: () => time,
    })
    for (let item = 0; item < 10; item++) loop.push(item)
    await setImmediate()
    expect(served).toEqual([0, 1, 2, 3])
    expect(loop.size).toBe(6)
    await setImmediate()
    await setImmediate()
    expect(served).toHaveLength(10)
    expect(slices).toEqual([
      [4, false],
      [4, false],
      [2, true],
    ])
  })

  it('serves what is pushed while it serves in a later slice', async () => {
    const served: number[] = []
    const loop = createFlushLoop<number>({
      serve: ([item]) => {
        served.push(item!)
        if (item! < 3) loop.push(item! + 1)
      },
    })
    loop.push(0)
    await setImmediate()
    expect(served).toEqual([0])
    for (let turn = 0; turn < 3; turn++) await setImmediate()
    expect(served).toEqual([0, 1, 2, 3])
  })

  it('keeps order through many thousands', async () => {
    const served: number[] = []
    let time = 0
    const loop = createFlushLoop<number>({ serve: (items) => served.push(...items), sliceMs: 700, now: () => time++ })
    for (let item = 0; item < 10_000; item++) loop.push(item)
    while (loop.size > 0) await setImmediate()
    expect(served).toEqual(Array.from({ length: 10_000 }, (_, item) => item))
  })

  it('serves nothing after it is closed', async () => {
    const served: number[] = []
    const loop = createFlushLoop<number>({ serve: (items) => served.push(...items) })
    loop.push(1)
    loop.close()
    await setImmediate()
    expect(served).toEqual([])
  })
})
