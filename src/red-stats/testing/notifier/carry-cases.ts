import { deepStrictEqual, ok, rejects, strictEqual } from 'node:assert/strict'
import type { RedEvent } from '../../event.ts'
import { maxPublished } from '../../notifier.ts'
import { events, idsOf, type NotifierCase, type NotifierContext } from './case.ts'

/** Ids that take the most room in JSON, and events that a rounded number would change. */
const longest: RedEvent = { imageId: '\u0001'.repeat(256), timestamp: 0, clientId: '\u0002'.repeat(256), red: 0 }

export const carryCases: readonly NotifierCase[] = [
  {
    name: 'gives no places for no events',
    run: async ({ notifier }) => {
      deepStrictEqual(await notifier.publish([]), [])
    },
  },
  {
    name: 'carries events whole and in order',
    run: async ({ notifier, follow }) => {
      const sent: RedEvent[] = [
        { imageId: 'a', timestamp: 0, clientId: '7', red: 0 },
        { imageId: 'ünï ✓ 🍅 "\\\u0000', timestamp: 4_102_444_799_999, clientId: '\u2028', red: 1 },
        { imageId: 'b', timestamp: 1, clientId: 'c', red: 0.1 + 0.2 },
        { imageId: 'c', timestamp: 1, clientId: 'c', red: 5e-324 },
      ]
      const reading = follow(notifier, (await notifier.start()).head)
      const places = await notifier.publish(sent)
      const items = await reading.wait(4)
      deepStrictEqual(
        items.map((item) => 'event' in item && item.event),
        sent,
      )
      deepStrictEqual(
        items.map((item) => 'cursor' in item && item.cursor),
        places,
      )
    },
  },
  {
    name: 'numbers events upwards',
    run: async ({ notifier, follow }) => {
      const reading = follow(notifier, (await notifier.start()).head)
      for (const event of events(20)) await notifier.publish([event])
      const items = await reading.wait(20)
      const numbers = items.map((item) => ('seq' in item ? item.seq : Number.NaN))
      ok(numbers.every((seq, index) => Number.isSafeInteger(seq) && (index === 0 || seq > numbers[index - 1]!)))
    },
  },
  {
    name: `carries ${maxPublished} of the largest events at once`,
    run: async ({ notifier, follow }) => {
      const sent = Array.from({ length: maxPublished }, (_, index) => ({ ...longest, timestamp: index }))
      const reading = follow(notifier, (await notifier.start()).head)
      await notifier.publish(sent)
      const items = await reading.wait(sent.length)
      deepStrictEqual(
        items.map((item) => 'event' in item && item.event),
        sent,
      )
    },
  },
  {
    name: 'refuses more at once before anything is published',
    skip: ofOneProcess,
    run: async ({ notifier, follow }) => {
      const reading = follow(notifier, (await notifier.start()).head)
      await rejects(notifier.publish(events(maxPublished + 1)), RangeError)
      await notifier.publish(events(1, 'after'))
      await reading.wait(1)
      deepStrictEqual(reading.ids, ['after-0'])
    },
  },
  {
    name: 'brings one order to every reader of concurrent publishers',
    run: async ({ notifier, another, follow }) => {
      const instances = [notifier, await another(), await another()]
      const { head } = await notifier.start()
      const readings = instances.map((instance) => follow(instance, head))
      await Promise.all(
        instances.flatMap((instance, at) => events(60, `from-${at}`).map((event) => instance.publish([event]))),
      )
      for (const reading of readings) await reading.wait(180)
      for (const reading of readings) deepStrictEqual(reading.ids, readings[0]!.ids)
      strictEqual(new Set(readings[0]!.ids).size, 180)
    },
  },
  {
    name: 'publishes a repeated batch once',
    skip: ofOneProcess,
    run: async ({ notifier, another, follow }) => {
      const reading = follow(notifier, (await notifier.start()).head)
      const batch = { publisher: 'p', number: 1 }
      const places = await notifier.publish(events(3), batch)
      deepStrictEqual(await notifier.publish(events(3), batch), places)
      deepStrictEqual(await (await another()).publish(events(3), batch), places)
      await notifier.publish(events(1, 'next'), { publisher: 'p', number: 2 })
      await reading.waitFor('next-0')
      deepStrictEqual(reading.ids, [...idsOf(events(3)), 'next-0'])
    },
  },
  {
    name: 'takes the same numbers of different publishers',
    run: async ({ notifier, another, follow }) => {
      const reading = follow(notifier, (await notifier.start()).head)
      await notifier.publish(events(1, 'a'), { publisher: 'a', number: 1 })
      await (await another()).publish(events(1, 'b'), { publisher: 'b', number: 1 })
      await reading.wait(2)
      deepStrictEqual(reading.ids, ['a-0', 'b-0'])
    },
  },
  {
    name: 'tells every reader that a publisher lost events',
    skip: ofOneProcess,
    run: async ({ notifier, another, follow }) => {
      const { head } = await notifier.start()
      const readings = [follow(notifier, head), follow(await another(), head)]
      const [first] = await notifier.publish(events(1, 'before'), { publisher: 'p', number: 1 })
      await notifier.publish(events(1, 'after'), { publisher: 'p', number: 2, afterLoss: true })
      for (const reading of readings) {
        await reading.wait(3)
        deepStrictEqual(reading.ids, ['before-0', 'after-0'])
        const [gap] = reading.gaps
        strictEqual(gap?.reason, 'lost')
        strictEqual(gap?.from, first)
        ok('type' in reading.items[1]!)
      }
    },
  },
]

/** Within one process publishing does not fail half way, and has no limit. */
function ofOneProcess({ notifier }: NotifierContext): string | undefined {
  return notifier.guarantees.crossInstance ? undefined : 'is of one process'
}
