import { type ConnectOptions, connectRedStats } from 'ruddle/red-stats/client'
import { WebSocket } from 'ws'

const [url = 'ws://localhost:4000', minRed = '0.8', since] = process.argv.slice(2)
const options: ConnectOptions = {
  minRed: Number(minRed),
  WebSocket, // Node 20 has none of its own
  onState: (state) => console.error(state),
  ...(since === undefined ? {} : { since }),
}

const alerts = connectRedStats(url, options)
process.once('SIGINT', () => alerts.close())

for await (const message of alerts) {
  if (message.type === 'gap') {
    console.log(`Alerts between ${message.from} and ${message.to} may be missing (${message.reason})`)
  } else {
    const { image_id, client_id, timestamp, red } = message.image
    console.log(`${new Date(timestamp).toISOString()}  ${red.toFixed(3)}  ${image_id} from ${client_id}`)
  }
}
if (alerts.cursor !== undefined) console.error(`To go on later: … ${url} ${minRed} ${alerts.cursor}`)
