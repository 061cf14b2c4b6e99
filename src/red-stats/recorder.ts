import type { AlertHub } from './alert-hub.ts'
import { RedStatsError } from './errors.ts'
import { parseEvent, type RedEvent, type RedEventInput } from './event.ts'
import { inSlices } from './in-slices.ts'
import { createRecordQueue } from './record-queue.ts'
import type { StoreHealth } from './status.ts'
import type { AppendStatus, RedStatsStore } from './store.ts'

export interface RecordResult {
  /** `stored`; `duplicate`: it was there already; `conflict`: this id has other content, which stays. */
  readonly status: 'stored' | 'duplicate' | 'conflict'
}

/** The result of one event among several. */
export type BatchRecordResult = RecordResult | { readonly status: 'invalid'; readonly error: RedStatsError }

export interface RecorderOptions {
  readonly store: RedStatsStore
  readonly hub: AlertHub
  /** Resolves when store and hub are open. */
  readonly opened: () => Promise<void>
  readonly stored: (events: readonly RedEvent[]) => void
  readonly maxQueuedBytes: number
  readonly whenFull: 'wait' | 'reject'
  readonly now: () => number
}

export interface Recorder {
  /** Repeats of events that were not published again. */
  readonly duplicates: number
  record(input: RedEventInput): Promise<RecordResult>
  recordBatch(inputs: readonly RedEventInput[]): Promise<BatchRecordResult[]>
  health(): StoreHealth
  /** Stores what waits and refuses what comes. */
  close(): Promise<void>
}

/** A repeat of an event stored this lately may be one whose alert was lost with the process that stored it. */
const republishMs = 15 * 60_000

/** The way of an event: checked, queued, stored, published. */
export function createRecorder(options: RecorderOptions): Recorder {
  const { store, hub, opened, stored: announce, maxQueuedBytes, whenFull, now } = options
  let state: StoreHealth['state'] = 'up'
  let duplicates = 0
  const queue = createRecordQueue({ flush: append, maxQueuedBytes, whenFull })

  async function append(events: readonly RedEvent[]): Promise<readonly AppendStatus[]> {
    await opened()
    const results = await store.append(events).catch((error: unknown) => {
      state = 'down'
      throw error
    })
    state = 'up'
    const stored = events.filter((_, index) => results[index]!.status === 'stored')
    const ids = new Set(stored.map(({ imageId }) => imageId))
    const repeated = events.filter(({ imageId }, index) => {
      const result = results[index]!
      if (result.status !== 'duplicate' || ids.has(imageId)) return false
      ids.add(imageId)
      return now() - result.storedAt < republishMs && !hub.hasRecent(imageId)
    })
    duplicates += results.filter(({ status }) => status === 'duplicate').length - repeated.length
    await inSlices([...stored, ...repeated], (slice) => hub.publish(slice))
    announce(stored)
    return results
  }

  return {
    get duplicates() {
      return duplicates
    },
    record: async (input) => {
      const [result] = await queue.push([parseEvent(input)])
      return { status: result!.status }
    },
    recordBatch: async (inputs) => {
      const parsed = inputs.map(parseOrError)
      const valid = parsed.filter((event): event is RedEvent => !(event instanceof RedStatsError))
      const stored = valid.length > 0 ? await queue.push(valid) : []
      let next = 0
      return parsed.map((event) =>
        event instanceof RedStatsError ? { status: 'invalid', error: event } : { status: stored[next++]!.status },
      )
    },
    health: () => ({ state, queuedBytes: queue.queuedBytes }),
    close: queue.close,
  }
}

function parseOrError(input: RedEventInput): RedEvent | RedStatsError {
  try {
    return parseEvent(input)
  } catch (error) {
    if (error instanceof RedStatsError) return error
    throw error
  }
}
