import type { Cursor, Gap, Published } from '../notifier.ts'
import type { AlertStream } from '../spool.ts'
import type { EventRing } from './event-ring.ts'

/** Where a connection that was away goes on. */
export interface ResumePoint {
  /** Position of the last item that it does not need. */
  readonly position: number
  /** Whether everything after its cursor will come. */
  readonly recovered: boolean
  /** What may be missing, when not all was recovered. */
  readonly gap?: Gap
}

/** Finds the place of a cursor. A promise only when the notifier has to be asked. */
export type Resume = (since: Cursor) => ResumePoint | Promise<ResumePoint>

const pageSize = 1000

/**
 * Whatever is doubtful is a gap: a cursor of another epoch, or of none, continues with what comes next. What the ring
 * no longer or not yet holds is read from the notifier once, into the ring, whoever asks for it: a thousand clients
 * that come back after a restart cost the broker one read.
 */
export function createResume(ring: EventRing, notifier: AlertStream): Resume {
  let filling: Promise<unknown> = Promise.resolve()

  function locate(since: Cursor): ResumePoint | 'older' {
    const floor = ring.epochFloor
    const relation = notifier.compare(since, ring.cursorAt(floor))
    if (relation === undefined) return lost(since, ring.head, 'epoch')
    if (relation < 0) return 'older'
    let low = floor
    let high = ring.head
    while (low < high) {
      const middle = Math.ceil((low + high) / 2)
      if ((notifier.compare(ring.cursorAt(middle), since) ?? 1) <= 0) low = middle
      else high = middle - 1
    }
    return { position: low, recovered: ring.lastGap <= low }
  }

  function lost(since: Cursor, position: number, reason: Gap['reason']): ResumePoint {
    return { position, recovered: false, gap: { type: 'gap', from: since, to: ring.cursorAt(position), reason } }
  }

  async function fill(since: Cursor): Promise<void> {
    if (notifier.range === undefined || locate(since) !== 'older') return
    const floor = ring.epochFloor
    if (floor !== ring.floor) return // below it is another epoch
    const end = ring.cursorAt(floor)
    const events: Published[] = []
    let from = since
    while (events.length <= ring.capacity) {
      const page = await notifier.range(from, end, pageSize)
      if (page === undefined) return
      events.push(...page)
      const last = page.at(-1)
      if (last === undefined || last.cursor === end) break
      from = last.cursor
    }
    if (ring.floor === floor) ring.prepend(since, events)
  }

  return (since) => {
    const found = locate(since)
    if (found !== 'older') return found
    const filled = filling.then(() => fill(since))
    filling = filled.catch(() => {}) // the broker's trouble is reported by its health; here it is a gap
    return filling.then(() => {
      const point = locate(since)
      return point === 'older' ? lost(since, ring.epochFloor, 'trimmed') : point
    })
  }
}
