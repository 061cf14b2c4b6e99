// Runs in a process of its own, whose folder is on a small disk: fills it, frees it, and prints what the store said.
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { indexed, RedStats, RedStatsError } from '../../../../src/red-stats/index.ts'
import { clickHouseStore } from '../../../../src/red-stats/stores/clickhouse.ts'

const [folder = ''] = process.argv.slice(2)
const ballast = join(folder, 'ballast')
const path = join(folder, 'store')
const create = () => new RedStats({ store: indexed(clickHouseStore({ path })) })

let made = 0
const events = (count: number) =>
  Array.from({ length: count }, () => ({
    imageId: `image ${made++}`,
    timestamp: made * 1000,
    clientId: 'c',
    red: (made % 100) / 100,
  }))

const stats = create()
const kept = events(1000)
await stats.record(kept)
fill()
const refused = events(1000)
const failures = new Set<string>()
for (let attempt = 0; attempt < 20; attempt++) {
  const error = await stats.record(refused).then(
    () => undefined,
    (error: unknown) => error,
  )
  failures.add(error instanceof RedStatsError ? `${error.code} ${error.retryable}: ${error.message}` : String(error))
}
const whileFull = await stats.count({ red: 0.5 })
rmSync(ballast)
const statuses = (await stats.record(refused)).map(({ status }) => status)
const afterwards = await stats.count({ red: 0.5 })
await stats.close()
const again = create()
const reopened = await again.count({ red: 0.5 })
const listed = (await again.list({ limit: 10_000 })).events.length
await again.close()
console.log(JSON.stringify({ failures: [...failures], whileFull, statuses, afterwards, reopened, listed }))

/** Writes until nothing fits any more. */
function fill(): void {
  for (let size = 1 << 20; size >= 1; size = Math.floor(size / 4)) {
    try {
      for (;;) writeFileSync(ballast, Buffer.alloc(size), { flag: 'a' })
    } catch {}
  }
}
