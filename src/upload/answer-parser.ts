import { UploadError } from './errors.ts'
import type { UploadResponse } from './transport.ts'

const LARGEST_HEAD = 64 * 1024
const LARGEST_BODY = 2 ** 20
const EMPTY = Buffer.alloc(0)

/** Takes an HTTP/1.1 answer (RFC 9112) apart as its bytes come. */
export interface AnswerParser {
  /** Forgets the answer before: the next one begins. */
  begin(): void
  /** Takes bytes, which it does not keep. Throws `BAD_ANSWER` or `ANSWER_TOO_LARGE`. Gives the answer once it is whole. */
  take(bytes: Buffer): Answer | undefined
  /** The connection has ended: the answer, if that is what ends it. */
  end(): Answer | undefined
  /** The status, as soon as the head is there. */
  status(): number
}

export interface Answer extends UploadResponse {
  /** Whether another answer may follow on this connection. */
  readonly keepAlive: boolean
  /** Seconds that the server promises to keep it, if it says. */
  readonly keepAliveSeconds: number | undefined
}

type State = 'head' | 'sized' | 'until-end' | 'chunk-size' | 'chunk' | 'chunk-end' | 'trailer' | 'whole'

export function answerParser(): AnswerParser {
  let state: State = 'head'
  let rest: Buffer = EMPTY
  let status = 0
  let headers: Record<string, string> = {}
  let http10 = false
  let left = 0
  let size = 0
  let parts: Buffer[] = []

  const isWhole = (): boolean => state === 'whole'

  function take(bytes: Buffer): Answer | undefined {
    // what follows a whole answer belongs to none
    if (isWhole()) throw bad('more bytes than one answer has')
    let data = rest.length > 0 ? Buffer.concat([rest, bytes]) : bytes
    rest = EMPTY
    for (let used = step(data); used >= 0; used = step(data)) data = data.subarray(used)
    if (isWhole()) {
      if (data.length > 0) throw bad('more bytes than one answer has')
      return answer()
    }
    if (data.length > LARGEST_HEAD) throw bad('a head of more than 64 KiB')
    // the buffer is read into again
    if (data.length > 0) rest = Buffer.from(data)
    return undefined
  }

  /** Does what the state asks for; the number of bytes used, or -1 if more are needed. */
  function step(data: Buffer): number {
    switch (state) {
      case 'head': {
        const end = data.indexOf('\r\n\r\n')
        if (end < 0) return -1
        readHead(data.toString('latin1', 0, end))
        return end + 4
      }
      case 'sized':
      case 'until-end':
      case 'chunk': {
        const length = state === 'until-end' ? data.length : Math.min(left, data.length)
        if (length === 0 && (left > 0 || state === 'until-end')) return -1
        keep(data.subarray(0, length))
        left -= length
        if (left === 0 && state !== 'until-end') state = state === 'chunk' ? 'chunk-end' : 'whole'
        return length
      }
      case 'chunk-size': {
        const line = readLine(data)
        if (line === undefined) return -1
        if (!/^[0-9a-f]{1,8}[\t ]*(;|$)/i.test(line)) throw bad('a chunk without a size')
        left = Number.parseInt(line, 16)
        state = left === 0 ? 'trailer' : 'chunk'
        return line.length + 2
      }
      case 'chunk-end': {
        if (data.length < 2) return -1
        if (data[0] !== 13 || data[1] !== 10) throw bad('a chunk longer than its size')
        state = 'chunk-size'
        return 2
      }
      case 'trailer': {
        const line = readLine(data)
        if (line === undefined) return -1
        if (line === '') state = 'whole'
        return line.length + 2
      }
      default:
        return -1
    }
  }

  function readHead(text: string): void {
    const [first = '', ...lines] = text.split('\r\n')
    const [, minor, code] = /^HTTP\/1\.([01]) ([1-9]\d\d)(?: [^\r\n]*)?$/.exec(first) ?? []
    if (minor === undefined) throw bad('no status line')
    const fields = readFields(lines)
    status = Number(code)
    if (status === 101) throw bad('a change of protocol')
    // 100 and its like only announce the answer
    if (status < 200) return
    headers = fields
    http10 = minor === '0'
    const coding = fields['transfer-encoding']
    const length = fields['content-length']
    if (status === 204 || status === 304) state = 'whole'
    else if (coding !== undefined) {
      if (coding.toLowerCase() !== 'chunked' || length !== undefined) throw bad('a body of unclear length')
      state = 'chunk-size'
    } else if (length === undefined) state = 'until-end'
    else {
      if (!/^\d{1,15}$/.test(length)) throw bad('a body of unclear length')
      left = Number(length)
      if (left > LARGEST_BODY) throw tooLarge()
      state = left === 0 ? 'whole' : 'sized'
    }
  }

  function keep(part: Buffer): void {
    size += part.length
    if (size > LARGEST_BODY) throw tooLarge()
    if (part.length > 0) parts.push(Buffer.from(part))
  }

  function answer(): Answer {
    const connection = headers['connection']?.toLowerCase() ?? ''
    const keepAlive = state === 'whole' && (http10 ? connection === 'keep-alive' : !/\bclose\b/.test(connection))
    const seconds = /\btimeout=(\d{1,6})/.exec(headers['keep-alive'] ?? '')?.[1]
    const [only = EMPTY, second] = parts
    return {
      status,
      headers,
      body: (second === undefined ? only : Buffer.concat(parts)).toString(),
      keepAlive,
      keepAliveSeconds: seconds === undefined ? undefined : Number(seconds),
    }
  }

  return {
    begin() {
      state = 'head'
      status = size = left = 0
      headers = {}
      rest = EMPTY
      parts = []
    },
    take,
    end: () => (state === 'until-end' ? answer() : undefined),
    status: () => (state === 'head' ? 0 : status),
  }
}

function readLine(data: Buffer): string | undefined {
  const end = data.indexOf('\r\n')
  return end < 0 ? undefined : data.toString('latin1', 0, end)
}

function readFields(lines: readonly string[]): Record<string, string> {
  const fields: Record<string, string> = Object.create(null)
  for (const line of lines) {
    const colon = line.indexOf(':')
    const name = line.slice(0, Math.max(colon, 0)).toLowerCase()
    // also refuses a folded line, and a space before the colon
    if (!/^[!#$%&'*+.^_`|~0-9a-z-]+$/.test(name)) throw bad('a malformed header field')
    const value = line.slice(colon + 1).trim()
    if (/[\r\n\0]/.test(value)) throw bad('a malformed header field')
    const before = fields[name]
    fields[name] = before === undefined ? value : `${before}, ${value}`
  }
  return fields
}

function bad(what: string): UploadError {
  return new UploadError('BAD_ANSWER', `The server's answer is not HTTP: ${what}`, { phase: 'answer' })
}

function tooLarge(): UploadError {
  return new UploadError('ANSWER_TOO_LARGE', 'The answer is larger than 1 MiB', { phase: 'answer' })
}
