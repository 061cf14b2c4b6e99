import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { maxTimestamp, parseEvent, sameEvent } from '../../src/red-stats/event.ts'
import { type RedEventInput, RedStatsError, toWire } from '../../src/red-stats/index.ts'

const good: RedEventInput = { imageId: 'a', timestamp: 1000, clientId: 'me', red: 0.5 }

function codeAndField(change: object): [string, string | undefined] {
  try {
    parseEvent({ ...good, ...change })
  } catch (error) {
    if (error instanceof RedStatsError) return [error.code, error.field]
    throw error
  }
  throw new Error('It was accepted')
}

describe('an event', () => {
  it.each([
    ['an empty id', { imageId: '' }, 'imageId'],
    ['an id of 257 bytes', { imageId: 'x'.repeat(257) }, 'imageId'],
    ['an id of 129 characters of two bytes', { clientId: 'é'.repeat(129) }, 'clientId'],
    ['an id with a lone surrogate', { imageId: 'a\ud800' }, 'imageId'],
    ['a fractional id', { imageId: 1.5 }, 'imageId'],
    ['an id beyond the safe integers', { imageId: 2 ** 53 }, 'imageId'],
    ['an id that is an object', { clientId: {} }, 'clientId'],
    ['a missing id', { clientId: undefined }, 'clientId'],
    ['a negative time', { timestamp: -1 }, 'timestamp'],
    ['a fractional time', { timestamp: 0.5 }, 'timestamp'],
    ['a time after 2099', { timestamp: maxTimestamp + 1 }, 'timestamp'],
    ['a time as text', { timestamp: '1000' }, 'timestamp'],
    ['red below 0', { red: -0.001 }, 'red'],
    ['red above 1', { red: 1.001 }, 'red'],
    ['red that is NaN', { red: Number.NaN }, 'red'],
    ['red as text', { red: '0.5' }, 'red'],
    ['red that is null', { red: null }, 'red'],
  ])('with %s is INVALID and the error names the field', (_, change, field) => {
    expect(codeAndField(change)).toEqual(['INVALID', field])
  })

  it.each([null, undefined, 'text', 7])('that is %s is INVALID', (input) => {
    expect(() => parseEvent(input as never)).toThrow('Expected `event` to be an object')
  })

  it('has text ids: 7 and "7" are one', () => {
    expect(parseEvent({ ...good, imageId: 7, clientId: -3 })).toEqual(
      parseEvent({ ...good, imageId: '7', clientId: '-3' }),
    )
  })

  it('has no negative zero', () => {
    expect(Object.is(parseEvent({ ...good, red: -0 }).red, 0)).toBe(true)
    expect(Object.is(parseEvent({ ...good, timestamp: -0 }).timestamp, 0)).toBe(true)
  })

  it('says what was wrong and cuts long text', () => {
    expect(() => parseEvent({ ...good, red: `${'9'.repeat(100)}` as never })).toThrow(
      `Expected \`red\` to be a number from 0 to 1, got "${'9'.repeat(40)}…"`,
    )
    expect(() => parseEvent({ ...good, imageId: [] as never })).toThrow('got an array')
  })

  it('drops what does not belong to it', () => {
    expect(Object.keys(parseEvent({ ...good, extra: 1 } as never))).toEqual(['imageId', 'timestamp', 'clientId', 'red'])
  })

  it('goes over the wire in snake_case', () => {
    expect(toWire(parseEvent(good))).toEqual({ image_id: 'a', timestamp: 1000, client_id: 'me', red: 0.5 })
  })

  it('keeps every valid value', () => {
    fc.assert(
      fc.property(
        fc.record({
          imageId: fc
            .string({ unit: 'grapheme', minLength: 1, maxLength: 60 })
            .filter((id) => Buffer.byteLength(id) <= 256),
          timestamp: fc.integer({ min: 0, max: maxTimestamp }),
          clientId: fc.maxSafeInteger(),
          red: fc.double({ min: 0, max: 1, noNaN: true }),
        }),
        (event) => {
          const parsed = parseEvent(event)
          expect(parsed).toEqual({ ...event, clientId: String(event.clientId), red: event.red + 0 })
          expect(sameEvent(parsed, parseEvent(parsed))).toBe(true)
        },
      ),
    )
  })
})
