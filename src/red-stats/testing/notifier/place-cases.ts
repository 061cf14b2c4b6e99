import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict'
import { events, idsOf, type NotifierCase } from './case.ts'

export const placeCases: readonly NotifierCase[] = [
  {
    name: 'starts at the place of the newest event',
    run: async ({ notifier, another, follow }) => {
      const before = await notifier.start()
      const places = await notifier.publish(events(5))
      const { epoch, head } = await (await another()).start()
      strictEqual(epoch, before.epoch)
      strictEqual(head, places.at(-1))
      const reading = follow(notifier, head)
      await notifier.publish(events(1, 'next'))
      await reading.wait(1)
      deepStrictEqual(reading.ids, ['next-0'])
    },
  },
  {
    name: 'reads from any place, also inside a batch',
    run: async ({ notifier, another, follow }) => {
      await notifier.start()
      const places = [...(await notifier.publish(events(4, 'a'))), ...(await notifier.publish(events(4, 'b')))]
      const ids = idsOf([...events(4, 'a'), ...events(4, 'b')])
      const other = await another()
      for (const [index, place] of places.slice(0, -1).entries()) {
        const reading = follow(other, place)
        await reading.wait(7 - index)
        await reading.stop()
        deepStrictEqual(reading.ids, ids.slice(index + 1))
        deepStrictEqual(reading.gaps, [])
      }
    },
  },
  {
    name: 'gives the same numbers and places to every reader',
    run: async ({ notifier, another, follow }) => {
      const { head } = await notifier.start()
      const readings = [follow(notifier, head), follow(await another(), head)]
      await notifier.publish(events(7))
      await notifier.publish(events(1, 'last'))
      for (const reading of readings) await reading.wait(8)
      deepStrictEqual(readings[0]!.items, readings[1]!.items)
    },
  },
  {
    name: 'compares places',
    run: async ({ notifier }) => {
      const { head } = await notifier.start()
      const places = [head, ...(await notifier.publish(events(3))), ...(await notifier.publish(events(1, 'b')))]
      for (const [left, a] of places.entries()) {
        for (const [right, b] of places.entries()) {
          strictEqual(Math.sign(notifier.compare(a, b) ?? Number.NaN), Math.sign(left - right))
        }
      }
    },
  },
  {
    name: 'does not compare with what is no place of its stream',
    run: async ({ notifier }) => {
      const { head } = await notifier.start()
      for (const text of ['', 'tail', '0', '0-0', '0:0', 'x:1', `${head}x`, `9${head}`, '-1', '💥', 'a'.repeat(256)]) {
        strictEqual(notifier.compare(text, head), undefined, text)
        strictEqual(notifier.compare(head, text), undefined, text)
      }
    },
  },
  {
    name: 'tells a reader from a foreign place of a gap, then goes on from now',
    run: async ({ notifier, follow }) => {
      await notifier.start()
      await notifier.publish(events(3, 'old'))
      for (const place of ['1-1', '1:1', 'no place', 'a'.repeat(256)]) {
        const reading = follow(notifier, place)
        await reading.wait(1)
        strictEqual(reading.gaps[0]?.reason, 'epoch')
        strictEqual(reading.gaps[0]?.from, place)
        await notifier.publish(events(1, `after ${place.slice(0, 9)}`))
        await reading.wait(2)
        deepStrictEqual(reading.ids, [`after ${place.slice(0, 9)}-0`])
        await reading.stop()
      }
    },
  },
  {
    name: 'gives a range, and its parts',
    skip: ({ notifier }) => (notifier.range === undefined ? 'has no range' : undefined),
    run: async ({ notifier }) => {
      const { head } = await notifier.start()
      const places = [head]
      for (const name of ['a', 'b', 'c']) places.push(...(await notifier.publish(events(5, name))))
      const ids = idsOf(['a', 'b', 'c'].flatMap((name) => events(5, name)))
      for (const [from, to, limit] of [
        [0, 15, 100],
        [0, 15, 15],
        [0, 15, 4],
        [3, 12, 100],
        [3, 12, 7],
        [4, 5, 100],
        [7, 7, 100],
      ] as const) {
        const found = await notifier.range?.(places[from]!, places[to]!, limit)
        deepStrictEqual(
          found?.map(({ event }) => event.imageId),
          ids.slice(from, Math.min(to, from + limit)),
        )
        ok(found?.every(({ cursor }, index) => cursor === places[from + 1 + index]))
      }
    },
  },
  {
    name: 'has no range between foreign places',
    skip: ({ notifier }) => (notifier.range === undefined ? 'has no range' : undefined),
    run: async ({ notifier }) => {
      const { head } = await notifier.start()
      strictEqual(await notifier.range?.('1-1', head, 10), undefined)
      strictEqual(await notifier.range?.('no place', 'nor this', 10), undefined)
    },
  },
]
