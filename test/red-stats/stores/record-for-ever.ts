// Records one image after the other and prints the id of each that was acknowledged, until it is killed.
import { RedStats } from '../../../src/red-stats/index.ts'
import { clickHouseStore } from '../../../src/red-stats/stores/clickhouse.ts'

const [path, start] = process.argv.slice(2)
const stats = new RedStats({ store: clickHouseStore({ path: path! }) })
for (let id = Number(start); ; id++) {
  const { status } = await stats.record({ imageId: id, timestamp: id, clientId: 'c', red: (id % 100) / 100 })
  process.stdout.write(`${status} ${id}\n`)
}
