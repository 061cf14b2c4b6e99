// Records images, several at a time, and prints the number of each that was acknowledged, until it is killed.
import { indexed, RedStats } from '../../../src/red-stats/index.ts'
import { clickHouseStore } from '../../../src/red-stats/stores/clickhouse.ts'
import { imageOf } from './recorder.ts'

const [path, first, producers] = process.argv.slice(2)
const stats = new RedStats({ store: indexed(clickHouseStore({ path: path! })) })
let next = Number(first)

async function produce(): Promise<void> {
  for (;;) {
    const number = next++
    await stats.record(imageOf(number))
    process.stdout.write(`${number}\n`)
  }
}

await Promise.all(Array.from({ length: Number(producers) }, produce))
