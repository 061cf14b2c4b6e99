import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { whenReached } from '../../../src/red-stats/transports/expiry.ts'

const day = 24 * 60 * 60_000

describe('the expiry of a token', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  it('may lie further ahead than a timer can wait', () => {
    const act = vi.fn()
    whenReached(Date.now() + 60 * day, Date.now, act)
    vi.advanceTimersByTime(60 * day - 1)
    expect(act).not.toHaveBeenCalled()
    vi.advanceTimersByTime(1)
    expect(act).toHaveBeenCalledOnce()
  })

  it('that is over is noticed at once', () => {
    const act = vi.fn()
    whenReached(Date.now(), Date.now, act)
    expect(act).toHaveBeenCalledOnce()
  })

  it('is of no interest any more once it is called off', () => {
    const act = vi.fn()
    whenReached(Date.now() + day, Date.now, act)()
    vi.advanceTimersByTime(2 * day)
    expect(act).not.toHaveBeenCalled()
    expect(vi.getTimerCount()).toBe(0)
  })
})
