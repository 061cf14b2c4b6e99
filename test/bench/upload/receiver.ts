// A receiver in a process of its own: `drain` reads requests as bytes and answers, `busboy` takes the form apart.
// Prints its port, and on GET /count what has arrived since the last one.
import { createServer as createHttpServer } from 'node:http'
import { type AddressInfo, createServer } from 'node:net'
import busboy from 'busboy'

const [, , kind, slow] = process.argv
const count = { requests: 0, bytes: 0, bad: 0 }

function takeCount(): string {
  const text = JSON.stringify(count)
  Object.assign(count, { requests: 0, bytes: 0, bad: 0 })
  return text
}

/** The least an HTTP server can do: headers are looked at for their length only. */
const drain = createServer((socket) => {
  socket.setNoDelay(true)
  socket.on('error', () => socket.destroy())
  let head = ''
  let left = 0
  socket.on('data', (data) => {
    for (let at = 0; at < data.length; ) {
      if (left === 0) {
        head += data.toString('latin1', at, Math.min(data.length, at + 4096))
        const end = head.indexOf('\r\n\r\n')
        if (end < 0) return
        const used = end + 4 - (head.length - Math.min(data.length - at, 4096))
        at += used
        if (head.startsWith('GET /count')) {
          const text = takeCount()
          socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${text.length}\r\n\r\n${text}`)
          head = ''
          continue
        }
        const expects = /\r\nexpect: 100-continue/i.test(head.slice(0, end))
        left = Number(/\r\ncontent-length: *(\d+)/i.exec(head.slice(0, end + 2))?.[1] ?? 0)
        if (left === 0) count.bad++
        if (expects) socket.write('HTTP/1.1 100 Continue\r\n\r\n')
        head = ''
      }
      const part = Math.min(left, data.length - at)
      left -= part
      at += part
      count.bytes += part
      if (left === 0) {
        count.requests++
        socket.write('HTTP/1.1 201 Created\r\nContent-Length: 2\r\n\r\nok')
      }
    }
    if (slow) {
      socket.pause()
      setTimeout(() => socket.resume(), Number(slow))
    }
  })
})

const parsing = createHttpServer((request, response) => {
  if (request.method === 'GET') {
    response.end(takeCount())
    return
  }
  const form = busboy({ headers: request.headers, defParamCharset: 'utf8' })
  form.on('file', (_field, file) => file.on('data', (data) => (count.bytes += data.length)))
  form.on('error', () => count.bad++)
  form.on('close', () => {
    count.requests++
    response.writeHead(201).end('ok')
  })
  request.pipe(form)
})
parsing.keepAliveTimeout = 60_000

const server = kind === 'busboy' ? parsing : drain
server.listen(0, '127.0.0.1', () => console.log((server.address() as AddressInfo).port))
