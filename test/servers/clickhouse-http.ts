import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { Session } from 'chdb'

/** What goes wrong with the next request whose SQL matches, once. */
export type Fault =
  | 'dropped after commit' // it is done, but the connection breaks before the answer
  | 'dropped before commit' // the connection breaks before anything is done
  | 'error before commit' // 500
  | 'stalled' // no answer
  | 'stalled, then committed' // done only after the client has given up
  | 'too many parts' // code 252
  | 'exception inside a 200' // status 200, and an exception where the rest of the answer should be
  | 'cut off' // status 200, and the connection breaks after half of the answer

export interface ClickHouseHttp {
  readonly url: string
  /** SQL of the requests so far. */
  readonly requests: readonly string[]
  /** Lets the next request go wrong whose SQL the pattern matches. */
  fail(pattern: RegExp, fault: Fault): void
  /** Refuses connections until {@link ClickHouseHttp.resume}. */
  pause(): Promise<void>
  resume(): Promise<void>
  /** Resolves when nothing is being worked on. */
  idle(): Promise<void>
  close(): Promise<void>
}

const maxUriBytes = 1_048_576 // ClickHouse's default of http_max_uri_size: lists of ids come in it

/** Parameters of ClickHouse's HTTP interface that are no settings of the engine. */
const notSettings =
  /^(query|query_id|database|session_id|default_format|enable_http_compression|role|wait_end_of_query|insert_quorum)$/

/**
 * A test server that speaks the part of ClickHouse's HTTP interface that its Node.js client uses, over chDB in this
 * process: parameters, settings, inserts, typed exceptions. It answers `FORMAT` in the text or `default_format`. As a
 * program it is told of a fault by `POST /fault?verb=&fault=`.
 */
export async function startClickHouseHttp(path: string, port = 0): Promise<ClickHouseHttp> {
  const writer = new Session(path)
  const readers = [new Session(path), new Session(path)]
  const requests: string[] = []
  const faults: { pattern: RegExp; fault: Fault }[] = []
  const working = new Set<Promise<void>>()
  let turn = 0

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://localhost')
    if (url.pathname === '/ping') return void response.end('Ok.\n')
    if (url.pathname === '/fault') {
      const { verb, fault } = Object.fromEntries(url.searchParams)
      faults.push({ pattern: new RegExp(`^${verb}`, 'i'), fault: fault as Fault })
      return void response.end()
    }
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const body = Buffer.concat(chunks)
    const sql = [url.searchParams.get('query') ?? '', body.toString()].filter((part) => part !== '').join('\n')
    requests.push(sql)
    const at = faults.findIndex(({ pattern }) => pattern.test(sql))
    const fault = at < 0 ? undefined : faults.splice(at, 1)[0]!.fault

    if (fault === 'stalled') return
    if (fault === 'dropped before commit') return void request.socket.destroy()
    if (fault === 'error before commit')
      return refuse(response, 500, 'Code: 1000. DB::Exception: disk broken. (POCO_EXCEPTION)')
    if (fault === 'too many parts') {
      return refuse(response, 500, 'Code: 252. DB::Exception: Too many parts (3000). (TOO_MANY_PARTS)')
    }
    if (fault === 'stalled, then committed') await new Promise((resolve) => response.once('close', resolve))
    try {
      const result = await execute(sql, url.searchParams)
      if (fault === 'dropped after commit') return void request.socket.destroy()
      response.setHeader('X-ClickHouse-Query-Id', url.searchParams.get('query_id') ?? '')
      response.setHeader('X-ClickHouse-Summary', '{"written_rows":"0"}')
      if (fault === 'exception inside a 200') {
        const half = result.subarray(0, result.length >> 1)
        return void response.end(
          Buffer.concat([
            half,
            Buffer.from('Code: 241. DB::Exception: Memory limit exceeded. (MEMORY_LIMIT_EXCEEDED)\n'),
          ]),
        )
      }
      if (fault === 'cut off') {
        return void response.write(result.subarray(0, result.length >> 1), () => request.socket.destroy())
      }
      response.end(result)
    } catch (error) {
      refuse(response, 500, error instanceof Error ? error.message.replace(/^Query failed: /, '') : String(error))
    }
  }

  async function execute(sql: string, search: URLSearchParams): Promise<Buffer> {
    // A parameter is set as text, which the engine then reads as it reads one that comes over HTTP.
    const settings = [...search]
      .filter(([name]) => !notSettings.test(name))
      .map(([name, value]) => `SET ${name} = ${literal(value)}`)
    const reads = /^\s*(select|with|show|describe|exists)/i.test(sql)
    const session = reads ? readers[turn++ % readers.length]! : writer
    const named = /\sformat\s+(\w+)\s*;?\s*$/i.exec(sql)
    const text = named === null || !reads ? sql : sql.slice(0, named.index)
    const format = named?.[1] ?? search.get('default_format') ?? 'TabSeparated'
    const result = await session.queryAsync([...settings, text].join('; '), { format })
    return Buffer.from(result.bytes())
  }

  const server = createServer({ maxHeaderSize: maxUriBytes }, (request, response) => {
    const work = answer(request, response)
      .catch(() => void request.socket.destroy())
      .finally(() => working.delete(work))
    working.add(work)
  })
  const listen = (port: number) => new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  await listen(port)
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('The server got no port')
  const stop = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve())
      server.closeAllConnections()
    })

  return {
    url: `http://127.0.0.1:${address.port}`,
    requests,
    fail: (pattern, fault) => void faults.push({ pattern, fault }),
    pause: stop,
    resume: () => listen(address.port),
    idle: async () => {
      while (working.size > 0) await Promise.all(working)
    },
    close: async () => {
      if (server.listening) await stop()
      await Promise.allSettled(working)
      for (const session of [...readers, writer]) session.close()
    },
  }
}

function refuse(response: ServerResponse, status: number, message: string): void {
  response.statusCode = status
  response.setHeader('X-ClickHouse-Exception-Code', /Code: (\d+)/.exec(message)?.[1] ?? '0')
  response.end(message)
}

function literal(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
}
