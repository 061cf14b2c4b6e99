import { setImmediate as nextTurn } from 'node:timers/promises'

/** About 4 ms of the work that is done for each event. */
const sliceSize = 1024

/** Works through many items, a slice at a time, so that others get their turn between slices. */
export async function inSlices<Item>(
  items: readonly Item[],
  work: (slice: readonly Item[], start: number) => void | Promise<void>,
): Promise<void> {
  for (let start = 0; start < items.length; start += sliceSize) {
    if (start > 0) await nextTurn()
    await work(items.length <= sliceSize ? items : items.slice(start, start + sliceSize), start)
  }
}
