import { type Agent, request as httpRequest, type IncomingMessage } from 'node:http'
import { request as httpsRequest } from 'node:https'
import type { Socket } from 'node:net'
import { inPhase, UploadError } from './errors.ts'
import { watchWrites } from './patient-socket.ts'
import { readAnswer } from './read-answer.ts'
import type { UploadRequest, UploadResponse } from './transport.ts'

/** After a failed write an answer lies in the kernel or is on its way; later there will be none. */
const ANSWER_GRACE_MS = 1_000

const TIMEOUTS = {
  CONNECT_TIMEOUT: 'No connection within `timeouts.connectMs`',
  STALL_TIMEOUT: 'The server took nothing for `timeouts.stallMs`',
  HEADERS_TIMEOUT: 'No whole answer within `timeouts.headersMs`',
  TOTAL_TIMEOUT: 'The attempt took longer than `timeouts.totalMs`',
}

/**
 * One request on one connection, from the connection to the last byte of the answer.
 * Gives `stale` if an idle connection turned out to be closed before it gave any byte: nobody has answered, and a
 * fresh connection may be tried.
 */
export function exchange(request: UploadRequest, agent: Agent): Promise<UploadResponse | 'stale'> {
  return new Promise((resolve, reject) => {
    const { timeouts, signal } = request
    let phase: 'connect' | 'send' | 'answer' = 'connect'
    let settled = false
    let flushed = false
    let answering = false
    let refused = false
    let answer: UploadResponse | undefined
    let socket: (Socket & { secureConnecting?: boolean }) | undefined
    let bytesBefore = 0
    let chunks: AsyncIterator<Uint8Array> | undefined
    let timer: NodeJS.Timeout | undefined
    const total = timeouts.totalMs === undefined ? undefined : setTimeout(timeUp, timeouts.totalMs, 'TOTAL_TIMEOUT')

    const secure = request.url.protocol === 'https:'
    const outgoing = (secure ? httpsRequest : httpRequest)(request.url, {
      method: 'POST',
      agent,
      headers: { ...request.headers, 'content-length': request.contentLength },
    })
    outgoing.once('socket', onSocket)
    outgoing.once('finish', onFlushed)
    outgoing.once('response', onResponse)
    outgoing.on('error', onError)
    startTimer('CONNECT_TIMEOUT', timeouts.connectMs)
    if (signal.aborted) onAbort()
    else signal.addEventListener('abort', onAbort)

    function settle(outcome: UploadResponse | 'stale' | UploadError, keepConnection = false): void {
      if (settled) return
      settled = true
      clearTimeout(timer)
      clearTimeout(total)
      signal.removeEventListener('abort', onAbort)
      if (socket) {
        socket.setTimeout(0)
        socket.removeListener('timeout', onStall)
        watchWrites(socket).onFailure = undefined
      }
      if (!keepConnection) outgoing.destroy()
      const deliver = (): void => (outcome instanceof UploadError ? reject(outcome) : resolve(outcome))
      // the iterator ends before the caller closes the file it reads from
      if (chunks?.return) chunks.return().then(deliver, deliver)
      else deliver()
    }

    /** An answer that refuses the file explains the failure better than the failure itself. */
    function fail(error: unknown): void {
      settle(answer && answer.status >= 300 ? answer : inPhase(error, phase))
    }

    function timeUp(code: keyof typeof TIMEOUTS): void {
      fail(new UploadError(code, TIMEOUTS[code], { phase }))
    }

    function startTimer(code: keyof typeof TIMEOUTS, ms: number): void {
      clearTimeout(timer)
      timer = setTimeout(timeUp, ms, code)
    }

    function onAbort(): void {
      fail(new UploadError('ABORTED', 'The upload was aborted', { cause: signal.reason, phase }))
    }

    function onSocket(connection: Socket): void {
      if (settled) return
      socket = connection
      watchWrites(socket).onFailure = onWriteFailure
      bytesBefore = socket.bytesRead
      if (socket.connecting || socket.secureConnecting) socket.once(secure ? 'secureConnect' : 'connect', onConnected)
      else onConnected()
    }

    function onConnected(): void {
      if (settled) return
      phase = 'send'
      clearTimeout(timer)
      // the idle timer of a socket counts a write as alive while what the system still has to take of it shrinks
      socket?.setTimeout(timeouts.stallMs)
      socket?.on('timeout', onStall)
      try {
        const body = request.body()
        if (body instanceof Uint8Array) outgoing.end(body)
        else {
          chunks = body[Symbol.asyncIterator]()
          sendNext()
        }
      } catch (error) {
        fail(error)
      }
    }

    function sendNext(): void {
      chunks?.next().then(({ done, value }) => {
        if (settled || writeFailure()) return
        if (done) {
          chunks = undefined
          outgoing.end()
        } else outgoing.write(value, () => onChunkSent(value.length))
      }, fail)
    }

    function onChunkSent(bytes: number): void {
      if (settled) return
      request.onSent?.(bytes)
      if (answering && !refused) startTimer('STALL_TIMEOUT', timeouts.stallMs)
      sendNext()
    }

    function onFlushed(): void {
      if (settled || writeFailure()) return
      flushed = true
      socket?.setTimeout(0)
      if (answer) settle(answer, true)
      else {
        phase = 'answer'
        startTimer('HEADERS_TIMEOUT', timeouts.headersMs)
      }
    }

    function onStall(): void {
      if (!flushed) timeUp('STALL_TIMEOUT')
    }

    function onWriteFailure(error: Error): void {
      clearTimeout(timer)
      timer = setTimeout(fail, ANSWER_GRACE_MS, error)
    }

    function writeFailure(): Error | undefined {
      return socket && watchWrites(socket).failure
    }

    function onResponse(response: IncomingMessage): void {
      answering = true
      refused = (response.statusCode ?? 0) >= 300
      if (flushed || refused) startTimer('HEADERS_TIMEOUT', timeouts.headersMs)
      // a trickling answer would keep the socket's idle timer alive: from here on the clock watches the sending
      else startTimer('STALL_TIMEOUT', timeouts.stallMs)
      readAnswer(response, onAnswer)
    }

    function onAnswer(outcome: UploadResponse | UploadError): void {
      if (settled) return
      if (outcome instanceof UploadError) settle(outcome)
      else if (flushed) settle(outcome, true)
      else if (refused) settle(outcome)
      else {
        // A yes before the end of the file: only the rest of it makes this an upload.
        answer = outcome
        if (writeFailure()) fail(notAllSent())
      }
    }

    function onError(error: Error): void {
      if (settled) return
      if (answer) fail(notAllSent())
      else if (outgoing.reusedSocket && socket?.bytesRead === bytesBefore && phase !== 'connect') settle('stale')
      else if (!answering) fail(writeFailure() ?? error)
    }

    function notAllSent(): UploadError {
      const message = 'The server answered and closed before the whole file was sent'
      return new UploadError('NOT_ALL_SENT', message, { cause: writeFailure(), phase: 'send' })
    }
  })
}
