/** Longest time that Node's timers can wait. */
const maxDelayMs = 2 ** 31 - 1

/** Calls `act` when the clock has reached `time`, at once if it has already; the function it returns calls that off. */
export function whenReached(time: number, now: () => number, act: () => void): () => void {
  let timer: NodeJS.Timeout | undefined
  function look(): void {
    const left = time - now()
    if (left <= 0) act()
    else timer = setTimeout(look, Math.min(left, maxDelayMs)).unref()
  }
  look()
  return () => clearTimeout(timer)
}
