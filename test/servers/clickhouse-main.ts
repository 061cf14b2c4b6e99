// ClickHouse's HTTP interface as a program: node --import tsx clickhouse-main.ts FOLDER PORT
import { startClickHouseHttp } from './clickhouse-http.ts'

const [folder = '', port = '0'] = process.argv.slice(2)
const server = await startClickHouseHttp(folder, Number(port))
process.once('SIGTERM', async () => {
  await server.close()
  process.exit(0)
})
