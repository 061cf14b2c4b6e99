// Tries to open a store in a worker thread and says what came of it.
import { parentPort, workerData } from 'node:worker_threads'
import { tsImport } from 'tsx/esm/api'

const { clickHouseStore } = await tsImport('../../../src/red-stats/stores/clickhouse.ts', import.meta.url)
const outcome = await clickHouseStore({ path: workerData })
  .open()
  .then(
    () => ({ code: 'opened', message: '' }),
    ({ code, message }) => ({ code, message }),
  )
parentPort.postMessage(outcome)
