// node --import tsx service.ts shop.ts RUN: an HTTP server that takes POST /orders. Its standard output is its log.
import { once } from 'node:events'
import { createServer } from 'node:http'
import { json } from 'node:stream/consumers'
import { configure, flush } from 'ruddle/profiling'
import type { Order } from './work.ts'

const [file = 'shop.ts', run = 'first'] = process.argv.slice(2)
configure({ run, asyncEdges: true, flushMs: 1_000 })

const { Shop } = (await import(`./${file}`)) as typeof import('./shop.ts')
const shop = new Shop()

const server = createServer(async (request, response) => {
  const order = (await json(request)) as Order
  response.end(await shop.order(order))
  console.log(`${request.method} ${request.url} 200 for ${order.items.length} items`) // a log has other lines, too
})
server.listen(0, '127.0.0.1')
await once(server, 'listening')
process.send?.({ port: (server.address() as { port: number }).port })

// A signal that nobody handles ends a process at once, with up to `flushMs` of measurements.
process.on('SIGTERM', () => {
  flush()
  process.exit()
})
