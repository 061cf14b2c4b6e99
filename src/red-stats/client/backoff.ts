/** How long to wait before the next attempt. */
export interface Backoff {
  next(): number
  reset(): void
}

const firstMs = 500
const maxMs = 30_000

/**
 * Full jitter: any time up to a bound that doubles with each attempt, so that clients that lost the same server do not
 * come back together.
 */
export function createBackoff(random: () => number): Backoff {
  let attempts = 0
  return {
    next: () => random() * Math.min(maxMs, firstMs * 2 ** attempts++),
    reset: () => {
      attempts = 0
    },
  }
}
