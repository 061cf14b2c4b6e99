import type { IncomingMessage } from 'node:http'
import { UploadError } from './errors.ts'
import type { UploadResponse } from './transport.ts'

const LARGEST_ANSWER = 2 ** 20

/** Reads an answer to its end; calls `done` once, with the answer only if all of it arrived. */
export function readAnswer(response: IncomingMessage, done: (outcome: UploadResponse | UploadError) => void): void {
  const parts: Buffer[] = []
  let size = 0
  let called = false

  function finish(outcome: UploadResponse | UploadError): void {
    if (called) return
    called = true
    done(outcome)
  }

  function onBroken(): void {
    // 'close' comes after every answer, and an error that nobody needs costs 20 µs
    if (!called)
      finish(new UploadError('ANSWER_TRUNCATED', 'The connection ended within the answer', { phase: 'answer' }))
  }

  response.on('data', (part: Buffer) => {
    size += part.length
    if (size <= LARGEST_ANSWER) parts.push(part)
    else finish(new UploadError('ANSWER_TOO_LARGE', 'The answer is larger than 1 MiB', { phase: 'answer' }))
  })
  response.on('end', () => {
    const [only = Buffer.alloc(0), second] = parts
    const body = second === undefined ? only : Buffer.concat(parts)
    if (response.complete) {
      finish({ status: response.statusCode ?? 0, headers: flatHeaders(response), body: body.toString() })
    } else onBroken()
  })
  response.on('error', onBroken)
  response.on('close', onBroken)
}

function flatHeaders(response: IncomingMessage): Record<string, string> {
  const headers: Record<string, string> = {}
  for (const [name, value] of Object.entries(response.headers)) {
    if (value !== undefined) headers[name] = typeof value === 'string' ? value : value.join(', ')
  }
  return headers
}
