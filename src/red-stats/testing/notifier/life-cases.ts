import { deepStrictEqual, ok, rejects, strictEqual } from 'node:assert/strict'
import { events, idsOf, type NotifierCase } from './case.ts'

export const lifeCases: readonly NotifierCase[] = [
  {
    name: 'ends a reader when it is told to',
    run: async ({ notifier, follow }) => {
      const { head } = await notifier.start()
      const idle = follow(notifier, head)
      const busy = follow(notifier, head)
      await notifier.publish(events(1))
      await busy.wait(1)
      await busy.stop()
      await idle.stop()
      strictEqual(busy.items.length, 1)
    },
  },
  {
    name: 'ends a reader that is told to before it began',
    run: async ({ notifier }) => {
      const { head } = await notifier.start()
      const read = notifier.read(head, { signal: AbortSignal.abort() })
      for await (const _ of read) throw new Error('It read something')
      ok(true)
    },
  },
  {
    name: 'ends its readers when it is closed, and refuses to publish',
    skip: ({ notifier }) => (notifier.guarantees.crossInstance ? undefined : 'is of one process'),
    run: async ({ another, follow }) => {
      const notifier = await another()
      const { head } = await notifier.start()
      const reading = follow(notifier, head)
      await notifier.publish(events(1))
      await reading.wait(1)
      await notifier.close()
      await notifier.close()
      await reading.stop()
      await rejects(notifier.publish(events(1, 'late')), { code: 'CLOSED' })
      strictEqual(notifier.health().state, 'down')
    },
  },
  {
    name: 'is well when all works',
    run: async ({ notifier, follow }) => {
      const reading = follow(notifier, (await notifier.start()).head)
      await notifier.publish(events(2))
      await reading.wait(2)
      const { state, spooled, dropped } = notifier.health()
      deepStrictEqual({ state, spooled, dropped }, { state: 'up', spooled: 0, dropped: 0 })
    },
  },
]

export const faultCases: readonly NotifierCase[] = [
  {
    name: 'tells of a gap when what comes next was trimmed',
    skip: ({ faults }) => (faults.trim === undefined ? 'nothing trims it' : undefined),
    run: async ({ notifier, another, faults, follow }) => {
      await notifier.start()
      const places: string[] = []
      for (const event of events(200)) places.push(...(await notifier.publish([event])))
      await faults.trim?.('', 10)
      const reading = follow(await another(), places[4]!)
      await reading.waitFor('image-199')
      const [gap] = reading.items
      ok(gap !== undefined && 'type' in gap)
      strictEqual(gap.reason, 'trimmed')
      strictEqual(gap.from, places[4])
      const first = reading.ids[0]!
      strictEqual(gap.to, places[idsOf(events(200)).indexOf(first) - 1])
      deepStrictEqual(reading.ids, idsOf(events(200)).slice(-reading.ids.length))
      strictEqual(reading.gaps.length, 1)
    },
  },
  {
    name: 'tells of a gap when everything was trimmed',
    skip: ({ faults }) => (faults.trim === undefined ? 'nothing trims it' : undefined),
    run: async ({ notifier, another, faults, follow }) => {
      const { head } = await notifier.start()
      await notifier.publish(events(20))
      await faults.trim?.('', 0)
      const reading = follow(await another(), head)
      const [next] = await notifier.publish(events(1, 'next'))
      await reading.waitFor('next-0')
      strictEqual(reading.gaps.length, 1)
      deepStrictEqual(reading.ids, ['next-0'])
      ok((notifier.compare(reading.gaps[0]!.to, next!) ?? 0) < 0)
    },
  },
  {
    name: 'has no range of what was trimmed',
    skip: ({ faults, notifier }) =>
      faults.trim === undefined || notifier.range === undefined ? 'nothing trims it, or it has no range' : undefined,
    run: async ({ notifier, faults }) => {
      const { head } = await notifier.start()
      const places: string[] = []
      for (const event of events(200)) places.push(...(await notifier.publish([event])))
      await faults.trim?.('', 10)
      strictEqual(await notifier.range?.(head, places.at(-1)!, 1000), undefined)
      const kept = await notifier.range?.(places.at(-6)!, places.at(-1)!, 1000)
      deepStrictEqual(
        kept?.map(({ cursor }) => cursor),
        places.slice(-5),
      )
    },
  },
  {
    name: 'tells of a gap when the stream was recreated, and goes on with the new one',
    skip: ({ faults }) => (faults.recreate === undefined ? 'nothing recreates it' : undefined),
    run: async ({ notifier, another, faults, follow }) => {
      const { head, epoch } = await notifier.start()
      const reading = follow(notifier, head)
      const places = await notifier.publish(events(30, 'old'))
      await reading.wait(30)
      await faults.recreate?.('')
      const other = await another()
      const renewed = await other.start()
      ok(renewed.epoch !== epoch)
      const [place] = await other.publish(events(1, 'new'))
      await reading.waitFor('new-0')
      strictEqual(reading.gaps.length, 1)
      strictEqual(reading.gaps[0]?.reason, 'epoch')
      deepStrictEqual(reading.ids, [...idsOf(events(30, 'old')), 'new-0'])
      strictEqual(notifier.compare(places[0]!, place!), undefined)
    },
  },
  {
    name: 'publishes into a stream that was recreated',
    skip: ({ faults }) => (faults.recreate === undefined ? 'nothing recreates it' : undefined),
    run: async ({ notifier, faults, follow }) => {
      const reading = follow(notifier, (await notifier.start()).head)
      await notifier.publish(events(1, 'old'), { publisher: 'p', number: 1 })
      await reading.wait(1)
      await faults.recreate?.('')
      await notifier.publish(events(1, 'new'), { publisher: 'p', number: 2 })
      await reading.waitFor('new-0')
      strictEqual(reading.gaps[0]?.reason, 'epoch')
    },
  },
  {
    name: 'reads on past what no notifier wrote, and says that something is there',
    skip: ({ faults }) => (faults.poison === undefined ? 'nobody else can write' : undefined),
    run: async ({ notifier, another, faults, follow }) => {
      const { head } = await notifier.start()
      const reading = follow(notifier, head)
      await notifier.publish(events(2, 'before'))
      await reading.wait(2)
      await faults.poison?.('')
      await notifier.publish(events(2, 'after'))
      await reading.waitFor('after-1')
      deepStrictEqual(reading.ids, idsOf([...events(2, 'before'), ...events(2, 'after')]))
      ok(reading.gaps.length > 0)
      const later = follow(await another(), (await notifier.start()).head)
      await notifier.publish(events(1, 'last'))
      await later.waitFor('last-0')
      deepStrictEqual(later.gaps, [])
    },
  },
  {
    name: 'reads on after its connections broke, without loss or repeat',
    skip: ({ faults }) => (faults.disconnect === undefined ? 'has no connections' : undefined),
    run: async ({ notifier, another, faults, follow }) => {
      const other = await another()
      const reading = follow(notifier, (await notifier.start()).head)
      await other.publish(events(5, 'before'))
      await reading.wait(5)
      await faults.disconnect?.('')
      await publishUntilTaken(() => other.publish(events(5, 'meanwhile'), { publisher: 'p', number: 1 }))
      await other.publish(events(5, 'after'), { publisher: 'p', number: 2 })
      await reading.waitFor('after-4')
      deepStrictEqual(reading.ids, idsOf(['before', 'meanwhile', 'after'].flatMap((name) => events(5, name))))
      deepStrictEqual(reading.gaps, [])
    },
  },
]

async function publishUntilTaken(publish: () => Promise<unknown>): Promise<void> {
  for (let attempt = 0; attempt < 20; attempt++) {
    try {
      await publish()
      return
    } catch {}
  }
  throw new Error('Nothing was taken in 20 attempts')
}
