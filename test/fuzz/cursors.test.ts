import fc from 'fast-check'
import { afterAll, expect } from 'vitest'
import { localNotifier, memoryStore, type RedEvent, RedStats } from '../../src/red-stats/index.ts'
import { eventsOfText, eventsToText } from '../../src/red-stats/notifiers/broker/event-text.ts'
import { compareCursors, cursorOf, placeOf } from '../../src/red-stats/notifiers/broker/place.ts'
import { pageAfter, parseList } from '../../src/red-stats/query.ts'
import { fuzzTest } from './fuzz-test.ts'
import { damagedText, oddJson } from './mutations.ts'

const id = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 80 }).filter((text) => Buffer.byteLength(text) <= 256)
const event: fc.Arbitrary<RedEvent> = fc.record({
  imageId: fc.oneof(id, fc.constant('\0'.repeat(256))),
  timestamp: fc.integer({ min: 0, max: 4_102_444_799_999 }),
  clientId: id,
  red: fc.double({ min: 0, max: 1, noNaN: true }).map((red) => red + 0),
})

fuzzTest(
  'the place of a page is read as it was written, and anything else is INVALID',
  { runs: 300, outcomes: ['a place', 'refused'] },
  fc.oneof(
    damagedText(event.map(pageAfter)),
    oddJson(fc.constant([1_000, 'a'])).map((json) => Buffer.from(json).toString('base64url')),
  ),
  (text) => {
    try {
      const { after } = parseList({ after: text })
      if (after === undefined) throw new Error('Expected a place')
      expect(parseList({ after: pageAfter(after) }).after).toEqual(after)
      return 'a place'
    } catch (error) {
      expect(error).toMatchObject({ name: 'RedStatsError', code: 'INVALID', field: 'after' })
      return 'refused'
    }
  },
)

const place = fc.record({
  epoch: fc.stringMatching(/^[0-9A-Za-z]{1,64}$/),
  seq: fc.oneof(fc.nat(), fc.constantFrom(0, Number.MAX_SAFE_INTEGER)),
})

fuzzTest(
  'a place in a stream is read as it was written, and other texts are none',
  { runs: 300, outcomes: ['a place', 'none'] },
  fc.tuple(place, damagedText(place.map(cursorOf))),
  ([written, text]) => {
    expect(placeOf(cursorOf(written))).toEqual(written)
    expect(compareCursors(cursorOf(written), cursorOf(written))).toBe(0)
    const found = placeOf(text)
    expect(compareCursors(text, text)).toBe(found === undefined ? undefined : 0)
    if (found === undefined) return 'none'
    expect(Number.isSafeInteger(found.seq) && found.seq >= 0).toBe(true)
    expect(placeOf(cursorOf(found))).toEqual(found)
    return 'a place'
  },
)

fuzzTest(
  'the text of a message is read as it was written, and other texts have no events',
  { runs: 200, outcomes: ['events', 'none'] },
  fc.tuple(
    fc.array(event, { minLength: 1, maxLength: 5 }),
    fc.oneof(
      damagedText(fc.array(event, { maxLength: 3 }).map(eventsToText)),
      oddJson(fc.constant([['a', 0, 'b', 0.5]])),
    ),
  ),
  ([written, text]) => {
    expect(eventsOfText(eventsToText(written))).toEqual(written)
    const events = eventsOfText(text)
    if (events === undefined) return 'none'
    expect(events.length >= 1 && events.length <= 256).toBe(true)
    expect(eventsOfText(eventsToText(events))).toEqual(events)
    return 'events'
  },
)

const notifier = localNotifier()
const { head } = await notifier.start()
const stats = new RedStats({ store: memoryStore(), notifier })
await stats.ready()
afterAll(() => stats.close())
let number = 0

fuzzTest(
  'a subscription goes on after a place, tells of a gap where it is of another stream, or is INVALID',
  { runs: 200, outcomes: ['goes on', 'a gap', 'refused'] },
  damagedText(fc.constant(head)),
  async (since) => {
    const gaps: unknown[] = []
    const seen: string[] = []
    const imageId = String(number++)
    let arrived = () => {}
    const alerted = new Promise<void>((resolve) => {
      arrived = resolve
    })
    try {
      const subscription = stats.subscribe({ minRed: 0.5, since, onGap: (gap) => gaps.push(gap) }, ({ event }) => {
        seen.push(event.imageId)
        if (event.imageId === imageId) arrived()
      })
      await stats.record({ imageId, timestamp: 0, clientId: 'me', red: 1 })
      await alerted
      subscription.close()
    } catch (error) {
      expect(error).toMatchObject({ name: 'RedStatsError', code: 'INVALID', field: 'since' })
      return 'refused'
    }
    if (gaps.length > 0) {
      expect(gaps).toMatchObject([{ type: 'gap', from: since }])
      return 'a gap'
    }
    const before = notifier.compare(since, head) ?? Number.NaN
    expect(seen.length).toBe((await stats.count()).total - before)
    return 'goes on'
  },
)
