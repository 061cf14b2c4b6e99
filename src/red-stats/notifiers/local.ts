import { randomBytes } from 'node:crypto'
import { EventEmitter } from 'eventemitter3'
import type { RedEvent } from '../event.ts'
import type { Cursor, Gap, Notifier, Published } from '../notifier.ts'

export interface LocalNotifierOptions {
  /** How many events it remembers. Default 65,536. */
  readonly capacity?: number
}

/**
 * A notifier within one process. It remembers its newest events, so that a reader may begin a little in the past.
 *
 * @example
 * ```ts
 * import { localNotifier, memoryStore, RedStats } from 'ruddle/red-stats'
 *
 * await using stats = new RedStats({ store: memoryStore(), notifier: localNotifier({ capacity: 1000 }) })
 * await stats.record({ imageId: 1, timestamp: 0, clientId: 'me', red: 0.9 }) // => { status: 'stored' }
 * ```
 */
export function localNotifier({ capacity = 65_536 }: LocalNotifierOptions = {}): Notifier {
  if (!Number.isSafeInteger(capacity) || capacity < 1) {
    throw new RangeError(`Expected \`capacity\` to be an integer from 1, got ${capacity}`)
  }
  const arrivals = new EventEmitter<'published' | 'closed'>()
  const recent: Published[] = [] // a ring: position seq % capacity
  let head = 0
  let closed = false

  const prefix = `${randomBytes(9).toString('base64url')}:` // the epoch
  const cursorOf = (seq: number): Cursor => prefix + seq
  const seqOf = (cursor: Cursor): number | undefined => {
    const seq = cursor.startsWith(prefix) ? Number(cursor.slice(prefix.length)) : undefined
    const isPlace = seq !== undefined && Number.isInteger(seq) && seq >= 0 && seq <= head && cursorOf(seq) === cursor
    return isPlace ? seq : undefined
  }

  async function* read(from: Cursor | 'tail', { signal }: { signal: AbortSignal }): AsyncGenerator<Published[] | Gap> {
    const start = from === 'tail' ? head : seqOf(from)
    let last = start ?? head
    if (start === undefined) yield { type: 'gap', from, to: cursorOf(head), reason: 'epoch' }
    while (!signal.aborted && !closed) {
      if (last === head) {
        await arrival(signal)
        continue
      }
      if (head - last > capacity) {
        const oldest = head - capacity
        yield { type: 'gap', from: cursorOf(last), to: cursorOf(oldest), reason: 'trimmed' }
        last = oldest
        continue
      }
      const batch: Published[] = []
      while (last < head) batch.push(recent[++last % capacity]!)
      yield batch
    }
  }

  function arrival(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        arrivals.off('published', done).off('closed', done)
        signal.removeEventListener('abort', done)
        resolve()
      }
      arrivals.once('published', done).once('closed', done)
      signal.addEventListener('abort', done, { once: true })
    })
  }

  return {
    kind: 'local',
    guarantees: { delivery: 'at-least-once', replay: true, crossInstance: false },
    start: async () => ({ epoch: prefix.slice(0, -1), head: cursorOf(head) }),
    publish: async (events: readonly RedEvent[]) => {
      const cursors = events.map((event) => {
        const seq = ++head
        const cursor = cursorOf(seq)
        recent[seq % capacity] = { cursor, seq, event }
        return cursor
      })
      if (cursors.length > 0) arrivals.emit('published')
      return cursors
    },
    read,
    range: async (from, to, limit) => {
      const [after, last] = [seqOf(from), seqOf(to)]
      if (after === undefined || last === undefined || after < head - capacity) return undefined
      const events: Published[] = []
      for (let seq = after + 1; seq <= last && events.length < limit; seq++) events.push(recent[seq % capacity]!)
      return events
    },
    health: () => ({ state: closed ? 'down' : 'up', lagMs: 0, spooled: 0, dropped: 0 }),
    compare: (a, b) => {
      const [left, right] = [seqOf(a), seqOf(b)]
      return left === undefined || right === undefined ? undefined : left - right
    },
    close: async () => {
      closed = true
      arrivals.emit('closed')
    },
  }
}
