// A receiver in a process of its own that keeps what it has in a file and knows idempotency keys: a key that has come
// before is answered and not counted again. Prints its port; GET /ledger gives how often each name came and counts.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import busboy from 'busboy'

const stored = new Map<string, { name: string; hashes: Set<number> }>()
let deliveries = 0

createServer((request, response) => {
  if (request.method === 'GET') {
    const names = [...stored.values()].map(({ name }) => name)
    response.end(JSON.stringify({ names, deliveries }))
    return
  }
  const key = String(request.headers['idempotency-key'])
  const form = busboy({ headers: request.headers, defParamCharset: 'utf8' })
  let name = ''
  let size = 0
  form.on('file', (_, file, info) => {
    name = String(info.filename)
    file.on('data', (data: Buffer) => {
      size += data.length
    })
  })
  form.on('error', () => response.destroy())
  form.on('close', () => {
    if (size === 0) return
    deliveries++
    const known = stored.get(key)
    if (known) known.hashes.add(size)
    else stored.set(key, { name, hashes: new Set([size]) })
    response.writeHead(201, { 'content-type': 'application/json' }).end('{}')
  })
  request.on('error', () => {})
  request.pipe(form)
}).listen(0, '127.0.0.1', function (this: { address(): unknown }) {
  console.log((this.address() as AddressInfo).port)
})
