import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { indexed, type RedEvent } from '../../../src/red-stats/index.ts'
import { clickHouseStore } from '../../../src/red-stats/stores/clickhouse.ts'

/** Image `number`: some late, each red from 0 to 0.99. */
export function imageOf(number: number): RedEvent {
  const timestamp = number % 5 === 0 ? Math.floor(number / 2) : number
  return { imageId: String(number), timestamp, clientId: 'c', red: (number % 100) / 100 }
}

export interface Recorder {
  readonly child: ChildProcess
  /** The numbers of the images that were acknowledged so far. */
  readonly acknowledged: number[]
  reached(count: number): Promise<void>
  end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void>
}

/** A process of its own that records images into the folder, from number `first` on. */
export function startRecorder(folder: string, first: number, producers: number): Recorder {
  const script = new URL('record-for-ever.ts', import.meta.url).pathname
  const child = spawn(process.execPath, ['--import', 'tsx', script, folder, String(first), String(producers)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const acknowledged: number[] = []
  const lines = createInterface({ input: child.stdout! })
  lines.on('line', (line) => acknowledged.push(Number(line)))
  return {
    child,
    acknowledged,
    reached: async (count) => {
      while (acknowledged.length < count) await once(lines, 'line')
    },
    end: async (signal) => {
      const closed = once(child, 'close')
      child.kill(signal)
      await closed
    },
  }
}

/** What the folder holds: the numbers of the images by its rows, and the counts by the rows and by the index. */
export async function contentsOf(
  folder: string,
): Promise<{ numbers: number[]; byRows: unknown[]; byIndex: unknown[] }> {
  const rows = clickHouseStore({ path: folder })
  const index = indexed(clickHouseStore({ path: folder }))
  await rows.open()
  await index.open()
  await index.loaded()
  const queries = [{}, { red: 0.5 }, { from: 20, to: 90, red: 0.25 }, { from: 50, red: 0 }]
  const numbers: number[] = []
  let after: RedEvent | undefined
  for (;;) {
    const page = await rows.list({ limit: 10_000, ...(after === undefined ? {} : { after }) })
    numbers.push(...page.map(({ imageId }) => Number(imageId)))
    after = page.at(-1)
    if (page.length < 10_000) break
  }
  const byRows = await Promise.all(queries.map((query) => rows.count(query)))
  const byIndex = await Promise.all(queries.map((query) => index.count(query)))
  await index.close()
  await rows.close()
  return { numbers: numbers.sort((a, b) => a - b), byRows, byIndex }
}
