import { createServer, request } from 'node:http'
import { type AddressInfo, connect, createServer as createSocketServer } from 'node:net'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { answerParser } from '../../src/upload/answer-parser.ts'

interface Read {
  status: number
  body: string
  headers: Record<string, string>
}

function parse(bytes: Buffer, cuts: readonly number[], ended: boolean): Read | 'unfinished' | 'refused' {
  const parser = answerParser()
  parser.begin()
  try {
    let from = 0
    for (const to of [...cuts.filter((cut) => cut < bytes.length).sort((a, b) => a - b), bytes.length]) {
      const answer = parser.take(bytes.subarray(from, to))
      from = to
      if (answer && to === bytes.length)
        return { status: answer.status, body: answer.body, headers: { ...answer.headers } }
    }
    const last = ended ? parser.end() : undefined
    return last ? { status: last.status, body: last.body, headers: { ...last.headers } } : 'unfinished'
  } catch {
    return 'refused'
  }
}

const token = fc
  .stringMatching(/^[a-z][a-z-]{0,10}$/)
  .filter(
    (name) =>
      !/^(content-length|transfer-encoding|connection|keep-alive|trailer|upgrade|set-cookie|age|etag|expires|from|server|date|host|location|referer)$/.test(
        name,
      ),
  )
const field = fc.tuple(token, fc.stringMatching(/^[!-~]([ -~]{0,20}[!-~])?$/))

it('reads what node:http writes, however it is cut', async () => {
  let next: { status: number; headers: [string, string][]; body: string; chunked: boolean } | undefined
  const server = createServer((incoming, response) => {
    incoming.resume()
    if (!next) return
    response.statusCode = next.status
    for (const [name, value] of next.headers) response.setHeader(name, value)
    const body = Buffer.from(next.body)
    if (next.chunked) response.write(body.subarray(0, 3))
    response.end(next.chunked ? body.subarray(3) : body)
  })
  const seen: Buffer[] = []
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  try {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(200, 201, 400, 413, 503),
        fc.uniqueArray(field, { maxLength: 5, selector: ([name]) => name }),
        fc.string({ unit: 'grapheme', minLength: 4, maxLength: 300 }),
        fc.boolean(),
        fc.array(fc.nat(400), { maxLength: 8 }),
        async (status, headers, body, chunked, cuts) => {
          next = { status, headers, body, chunked }
          seen.length = 0
          const bytes = await new Promise<Buffer>((resolve, reject) => {
            const socket = connect(port, '127.0.0.1')
            socket.on('data', (data) => seen.push(data))
            socket.on('end', () => resolve(Buffer.concat(seen)))
            socket.on('error', reject)
            socket.write('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n')
          })
          const read = parse(bytes, cuts, true)
          expect(read).toMatchObject({ status, body: body.replace(/\p{Surrogate}/gu, '\ufffd') })
          expect(typeof read === 'object' && read.headers).toMatchObject(Object.fromEntries(headers))
        },
      ),
      { numRuns: 150 },
    )
  } finally {
    await new Promise((resolve) => server.close(resolve))
  }
})

it('agrees with the parser of node:http on answers that are damaged', async () => {
  let answer = Buffer.alloc(0)
  const server = createSocketServer((socket) => {
    socket.on('error', () => {})
    socket.once('data', () => socket.end(answer))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const byNode = (): Promise<Read | 'refused'> =>
    new Promise((resolve) => {
      const outgoing = request({ port, host: '127.0.0.1', agent: false }, (response) => {
        const parts: Buffer[] = []
        response.on('data', (part) => parts.push(part))
        response.on('error', () => resolve('refused'))
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, body: Buffer.concat(parts).toString(), headers: {} }),
        )
      })
      outgoing.on('error', () => resolve('refused'))
      outgoing.on('upgrade', (_, socket) => {
        socket.destroy()
        resolve('refused')
      })
      outgoing.end()
    })
  const sound = [
    'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX-A: 1\r\n\r\nhello',
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n',
  ]
  try {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...sound),
        fc.nat(80),
        fc.constantFrom('', '\r', '\n', '\0', ' ', ':', 'x', '9'),
        fc.boolean(),
        async (text, at, put, replaces) => {
          answer = Buffer.from(text.slice(0, at) + put + text.slice(replaces ? at + 1 : at))
          const ours = parse(answer, [], true)
          const theirs = await byNode()
          // ours may be stricter, but takes nothing for a whole answer that node:http does not, and not for another one
          if (typeof ours === 'object' && theirs !== 'refused') expect({ ...ours, headers: {} }).toEqual(theirs)
          if (typeof ours === 'object' && theirs === 'refused') expect(answer.toString()).toMatch(/^HTTP\/1\.1 200/)
        },
      ),
      { numRuns: 300 },
    )
  } finally {
    await new Promise((resolve) => server.close(resolve))
  }
})

it.each([
  ['a status of two digits', 'HTTP/1.1 20 OK\r\n\r\n'],
  ['another protocol', 'HTTP/2 200\r\n\r\n'],
  ['line feeds alone', 'HTTP/1.1 200 OK\nContent-Length: 0\n\n'.padEnd(70_000)],
  ['a folded field', 'HTTP/1.1 200 OK\r\nA: 1\r\n 2\r\n\r\n'],
  ['a space before the colon', 'HTTP/1.1 200 OK\r\nA : 1\r\n\r\n'],
  ['a length below zero', 'HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n'],
  ['a length and chunks', 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'],
  ['another coding', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n'],
  ['a chunk longer than its size', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nabc'],
  ['bytes after its end', 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nab'],
])('refuses an answer with %s', (_, text) => {
  expect(parse(Buffer.from(text), [], true)).toBe('refused')
})

it('tells whether the connection can be used again, and for how long', () => {
  const keeps = (head: string): unknown => {
    const parser = answerParser()
    parser.begin()
    const answer = parser.take(Buffer.from(`${head}\r\nContent-Length: 0\r\n\r\n`))
    return [answer?.keepAlive, answer?.keepAliveSeconds]
  }
  expect(keeps('HTTP/1.1 200 OK')).toEqual([true, undefined])
  expect(keeps('HTTP/1.1 200 OK\r\nConnection: keep-alive\r\nKeep-Alive: timeout=5, max=9')).toEqual([true, 5])
  expect(keeps('HTTP/1.1 200 OK\r\nConnection: Close')).toEqual([false, undefined])
  expect(keeps('HTTP/1.0 200 OK')).toEqual([false, undefined])
  expect(keeps('HTTP/1.0 200 OK\r\nConnection: keep-alive')).toEqual([true, undefined])
})
