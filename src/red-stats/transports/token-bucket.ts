/** Allows a number of actions a second, and some more at once. */
export interface TokenBucket {
  /** Whether the action is allowed. */
  take(): boolean
  /** Whether nothing was taken lately, so that a new bucket would do the same. */
  isFull(): boolean
}

export function createTokenBucket(options: { perSecond: number; burst: number; now: () => number }): TokenBucket {
  const { perSecond, burst, now } = options
  let tokens = burst
  let filledAt = now()
  function fill(): void {
    const time = now()
    tokens = Math.min(burst, tokens + ((time - filledAt) / 1000) * perSecond)
    filledAt = time
  }
  return {
    take: () => {
      fill()
      if (tokens < 1) return false
      tokens--
      return true
    },
    isFull: () => {
      fill()
      return tokens === burst
    },
  }
}
