import fc from 'fast-check'
import { expect } from 'vitest'
import { type Answer, answerParser } from '../../src/upload/answer-parser.ts'
import { UploadError } from '../../src/upload/errors.ts'
import { fuzzTest } from './fuzz-test.ts'
import { damagedBytes } from './mutations.ts'

const token = fc.stringMatching(/^[A-Za-z][A-Za-z-]{0,12}$/)
const value = fc.stringMatching(/^([!-~]([ -~]{0,20}[!-~])?)?$/)
const isFree = (name: string) => !/^(content-length|transfer-encoding|connection|keep-alive)$/i.test(name)

interface Written {
  readonly bytes: Buffer
  readonly status: number
  readonly fields: Readonly<Record<string, string>>
  readonly body: string
}

/** Answers as a server writes them: with a length, in chunks, until the end; announced by a 100 now and then. */
const written: fc.Arbitrary<Written> = fc
  .record({
    status: fc.constantFrom(200, 201, 204, 301, 400, 413, 500, 503),
    reason: fc.constantFrom('', ' ', ' OK', ' Payload Too Large'),
    fields: fc.uniqueArray(fc.tuple(token.filter(isFree), value), {
      maxLength: 4,
      selector: ([name]) => name.toLowerCase(),
    }),
    body: fc.string({ maxLength: 300 }),
    framing: fc.constantFrom('sized', 'chunked', 'until the end'),
    chunk: fc.integer({ min: 1, max: 300 }),
    announced: fc.boolean(),
  })
  .map(({ status, reason, fields, body, framing, chunk, announced }) => {
    const content = status === 204 ? '' : body
    const lines = fields.map(([name, text]) => `${name}: ${text}\r\n`)
    if (framing === 'sized') lines.push(`Content-Length: ${content.length}\r\n`)
    if (framing === 'chunked') lines.push('Transfer-Encoding: chunked\r\n')
    const chunks = (content.match(new RegExp(`.{1,${chunk}}`, 'gs')) ?? []).map(
      (part) => `${part.length.toString(16)};x=y\r\n${part}\r\n`,
    )
    const payload = framing === 'chunked' && status !== 204 ? `${chunks.join('')}0\r\nT: 1\r\n\r\n` : content
    const head = `${announced ? 'HTTP/1.1 100 Continue\r\n\r\n' : ''}HTTP/1.1 ${status}${reason}\r\n${lines.join('')}\r\n`
    return {
      bytes: Buffer.from(head + payload, 'latin1'),
      status,
      fields: Object.fromEntries(fields.map(([name, text]) => [name.toLowerCase(), text])),
      body: content,
    }
  })

const cuts = fc.array(fc.nat(400), { maxLength: 8 })

/** What becomes of bytes that come in these pieces, before the connection ends. */
function outcomeOf(bytes: Buffer, at: readonly number[]): Answer | UploadError | undefined {
  const parser = answerParser()
  parser.begin()
  let answer: Answer | undefined
  try {
    let from = 0
    for (const to of [...at.filter((cut) => cut < bytes.length).sort((a, b) => a - b), bytes.length]) {
      answer = parser.take(bytes.subarray(from, to))
      from = to
    }
    answer ??= parser.end()
  } catch (error) {
    if (!(error instanceof UploadError)) throw error
    answer = undefined
    expect(['BAD_ANSWER', 'ANSWER_TOO_LARGE']).toContain(error.code)
    expect(error.phase).toBe('answer')
    return error
  } finally {
    parser.begin()
    const next = parser.take(Buffer.from('HTTP/1.1 201 Created\r\nContent-Length: 2\r\n\r\nok'))
    expect(next).toMatchObject({ status: 201, body: 'ok', headers: { 'content-length': '2' } })
  }
  return answer
}

fuzzTest(
  'an answer is read as it was written, however it is cut',
  { runs: 150, outcomes: ['read'] },
  fc.tuple(written, cuts),
  ([{ bytes, status, fields, body }, at]) => {
    expect(outcomeOf(bytes, at)).toMatchObject({ status, body })
    expect({ ...(outcomeOf(bytes, at) as Answer).headers }).toMatchObject(fields)
    return 'read'
  },
)

fuzzTest(
  'what is no answer is BAD_ANSWER, ANSWER_TOO_LARGE or unfinished, and the parser goes on',
  { runs: 300, outcomes: ['an answer', 'refused', 'unfinished'] },
  fc.tuple(damagedBytes(written.map(({ bytes }) => bytes)), cuts),
  ([bytes, at]) => {
    const outcome = outcomeOf(bytes, at)
    const whole = outcomeOf(bytes, [])
    if (outcome === undefined || outcome instanceof UploadError) {
      expect(whole?.constructor).toBe(outcome?.constructor)
      return outcome === undefined ? 'unfinished' : 'refused'
    }
    expect(whole).toEqual(outcome)
    expect(outcome.status).toBeGreaterThanOrEqual(200)
    expect(outcome.status).toBeLessThan(1000)
    expect(Buffer.byteLength(outcome.body)).toBeLessThanOrEqual(3 * bytes.length)
    for (const [name, text] of Object.entries(outcome.headers)) expect(name + text).not.toMatch(/[\r\n\0]/)
    return 'an answer'
  },
)

fuzzTest(
  'no more than 1 MiB of a body and 64 KiB of a head or line are kept',
  { runs: 120, outcomes: ['too large', 'a bad head', 'an answer'] },
  fc.tuple(
    fc.constantFrom('head', 'size', 'trailer', 'chunks', 'sized', 'until the end'),
    fc.constantFrom(10_000, 40_000),
    fc.constantFrom(20, 60),
  ),
  ([part, size, times]) => {
    const piece = Buffer.alloc(size, 'x')
    const start = {
      head: 'HTTP/1.1 200 OK\r\nA: ',
      size: 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;',
      trailer: 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nA: ',
      chunks: 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffff\r\n',
      sized: `HTTP/1.1 200 OK\r\nContent-Length: ${size * times}\r\n\r\n`,
      'until the end': 'HTTP/1.1 200 OK\r\n\r\n',
    }[part]
    const parser = answerParser()
    parser.begin()
    let taken = 0
    try {
      parser.take(Buffer.from(start))
      for (; taken < times; taken++) parser.take(piece)
    } catch (error) {
      const isHead = part === 'head' || part === 'size' || part === 'trailer'
      expect(error).toMatchObject({ code: isHead ? 'BAD_ANSWER' : 'ANSWER_TOO_LARGE' })
      expect(taken * size).toBeLessThanOrEqual(isHead ? 2 ** 16 : 2 ** 20)
      return isHead ? 'a bad head' : 'too large'
    }
    expect(size * times).toBeLessThanOrEqual(2 ** 20)
    return 'an answer'
  },
)
