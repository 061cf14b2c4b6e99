import { describe, expect, it } from 'vitest'
import { maxTimestamp } from '../../src/red-stats/event.ts'
import { pageAfter, parseCount, parseDistribution, parseList, parseSeries } from '../../src/red-stats/query.ts'

describe('a query', () => {
  it('leaves missing bounds open', () => {
    expect(parseCount({})).toEqual({})
  })

  it('keeps what was asked, ids as text', () => {
    const signal = new AbortController().signal
    expect(parseCount({ from: 1, to: 2, red: 0.5, clientId: 7, signal })).toEqual({
      from: 1,
      to: 2,
      red: 0.5,
      clientId: '7',
      signal,
    })
  })

  it('may end after the last possible event', () => {
    expect(parseCount({ to: maxTimestamp + 1 })).toEqual({ to: maxTimestamp + 1 })
  })

  it.each([
    ['from after to', () => parseCount({ from: 2, to: 1 }), 'Expected `from` to be at most `to` (1), got 2'],
    ['a fractional bound', () => parseCount({ from: 0.5 }), 'Expected `from`'],
    ['a bound after 2099', () => parseCount({ to: maxTimestamp + 2 }), 'Expected `to`'],
    ['red above 1', () => parseCount({ red: 1.1 }), 'Expected `red` to be a number from 0 to 1, got 1.1'],
    ['an empty client', () => parseCount({ clientId: '' }), 'Expected `clientId`'],
    ['a series without a start', () => parseSeries({ to: 1, stepMs: 1 } as never), 'Expected `from` to be given'],
    ['a series without an end', () => parseSeries({ from: 1, stepMs: 1 } as never), 'Expected `to` to be given'],
    ['a step of 0', () => parseSeries({ from: 0, to: 1, stepMs: 0 }), 'Expected `stepMs`'],
    [
      'more than 10,000 steps',
      () => parseSeries({ from: 0, to: 10_001, stepMs: 1 }),
      '`stepMs` to be at least 2, got 1',
    ],
    ['no bins', () => parseDistribution({ bins: 0 }), 'Expected `bins` to be an integer from 1 to 1000, got 0'],
    ['too many bins', () => parseDistribution({ bins: 1001 }), 'Expected `bins`'],
    ['a limit of 0', () => parseList({ limit: 0 }), 'Expected `limit`'],
    ['a limit above 10,000', () => parseList({ limit: 10_001 }), 'Expected `limit`'],
    ['a page that is no page', () => parseList({ after: 'nonsense' }), 'Expected `after` to be the `next` of a page'],
    ['a page of wrong parts', () => parseList({ after: Buffer.from('[-1,"a"]').toString('base64url') }), '`after`'],
  ])('with %s is INVALID', (_, ask, message) => {
    expect(ask).toThrow(expect.objectContaining({ code: 'INVALID', message: expect.stringContaining(message) }))
  })

  it('takes exactly 10,000 steps', () => {
    expect(parseSeries({ from: 0, to: 10_000, stepMs: 1 }).stepMs).toBe(1)
  })

  it('goes on after the event that ended a page', () => {
    const place = { timestamp: 5, imageId: 'é/\u0000"' }
    expect(parseList({ after: pageAfter(place) })).toEqual({ limit: 100, after: place })
  })
})
