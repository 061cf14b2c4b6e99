// Deploys one version of the shop to a "server": a process of which only the standard output comes back.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { Agent, request } from 'node:http'
import { text } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import { fileURLToPath } from 'node:url'
import { orderNumber } from './work.ts'

/** Starts the service, sends it orders, two at a time, stops it; its standard output is then in `log`. */
export async function deploy(shop: string, run: string, orders: number, log: string): Promise<void> {
  const service = fork(fileURLToPath(new URL('service.ts', import.meta.url)), [shop, run], {
    execArgv: ['--import', import.meta.resolve('tsx')],
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  })
  const logging = pipeline(service.stdout!, createWriteStream(log))
  try {
    const [{ port }] = (await once(service, 'message')) as [{ port: number }]
    await send(port, orders)
  } finally {
    service.kill('SIGTERM')
    await logging
  }
}

async function send(port: number, orders: number): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: 2 })
  let next = 0
  const customer = async (): Promise<void> => {
    while (next < orders) {
      const order = request({ port, host: '127.0.0.1', method: 'POST', path: '/orders', agent })
      order.end(JSON.stringify(orderNumber(next++)))
      const [response] = await once(order, 'response')
      await text(response)
    }
  }
  await Promise.all([customer(), customer()])
  agent.destroy()
}
