import { inPhase, UploadError } from './errors.ts'
import type { UploadRequest, UploadResponse } from './transport.ts'

/** One request on one connection, as an exchange sees it: what it can do … */
export interface Wire {
  /** Whether the connection stands already; otherwise `onConnected` will tell. */
  readonly connected: boolean
  /** Sends the head of the request and the whole body. True if the system has it all; otherwise `onFlushed` will tell. */
  sendWhole(body: Uint8Array): boolean
  /** Sends a part of the body, the head before the first; `taken` is called when the system has it. */
  sendPart(chunk: Uint8Array, taken: () => void): void
  /** Ends a body sent in parts. */
  end(): void
  /** Calls `onIdle` when for so long no byte has moved. A large write counts as moving while it shrinks. */
  watchIdle(ms: number): void
  /** A write that failed because the other side had gone; the connection can still be read. */
  writeFailure(): Error | undefined
  /** Whether the connection had been used before and nothing has come over it since. */
  isStale(): boolean
  /** Ends the exchange; the connection is kept for another or cut off. */
  release(keep: boolean): void
}

/** … and what it reports. */
export interface WireEvents {
  onConnected(): void
  /** The whole body was handed to the system. */
  onFlushed(): void
  onIdle(): void
  onWriteFailure(error: Error): void
  /** The head of the answer has come. */
  onAnswering(status: number): void
  /** All of the answer has come, or something that is none. */
  onAnswer(outcome: UploadResponse | UploadError): void
  /** The connection has failed or ended. */
  onError(error: Error): void
}

/** After a failed write an answer lies in the kernel or is on its way; later there will be none. */
const ANSWER_GRACE_MS = 1_000

const TIMEOUTS = {
  CONNECT_TIMEOUT: 'No connection within `timeouts.connectMs`',
  STALL_TIMEOUT: 'The server took nothing for `timeouts.stallMs`',
  HEADERS_TIMEOUT: 'No whole answer within `timeouts.headersMs`',
  TOTAL_TIMEOUT: 'The attempt took longer than `timeouts.totalMs`',
}

/**
 * One request from the connection to the last byte of the answer: what may happen in which order, and when it has
 * taken too long. Gives `stale` if an idle connection turned out to be closed before it gave any byte: nobody has
 * answered, and a fresh connection may be tried.
 */
export function exchange(
  request: UploadRequest,
  open: (request: UploadRequest, events: WireEvents) => Wire,
): Promise<UploadResponse | 'stale'> {
  return new Promise((resolve, reject) => {
    const { timeouts, signal } = request
    let phase: 'connect' | 'send' | 'answer' = 'connect'
    let settled = false
    let flushed = false
    /** The status of an answer that has begun. */
    let answering = 0
    /** A yes that came before the end of the file: only the rest of it makes this an upload. */
    let early: UploadResponse | undefined
    let chunks: AsyncIterator<Uint8Array> | undefined
    let timer: NodeJS.Timeout | undefined
    let total: NodeJS.Timeout | undefined

    if (timeouts.totalMs !== undefined) total = setTimeout(timeUp, timeouts.totalMs, 'TOTAL_TIMEOUT')
    const wire = open(request, { onConnected, onFlushed, onIdle, onWriteFailure, onAnswering, onAnswer, onError })
    if (signal.aborted) onAbort()
    else {
      signal.addEventListener('abort', onAbort)
      if (wire.connected) onConnected()
      else startTimer('CONNECT_TIMEOUT', timeouts.connectMs)
    }

    function settle(outcome: UploadResponse | 'stale' | UploadError, keep = false): void {
      if (settled) return
      settled = true
      clearTimeout(timer)
      clearTimeout(total)
      signal.removeEventListener('abort', onAbort)
      wire.release(keep)
      const deliver = (): void => (outcome instanceof UploadError ? reject(outcome) : resolve(outcome))
      // the iterator ends before the caller closes the file it reads from
      if (chunks?.return) chunks.return().then(deliver, deliver)
      else deliver()
    }

    function fail(error: unknown): void {
      settle(inPhase(error, phase))
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

    function onConnected(): void {
      if (settled) return
      phase = 'send'
      clearTimeout(timer)
      try {
        const body = request.body()
        if (body instanceof Uint8Array) {
          if (wire.sendWhole(body)) onFlushed()
          else wire.watchIdle(timeouts.stallMs)
        } else {
          wire.watchIdle(timeouts.stallMs)
          chunks = body[Symbol.asyncIterator]()
          sendNext()
        }
      } catch (error) {
        fail(error)
      }
    }

    function sendNext(): void {
      chunks?.next().then(({ done, value }) => {
        if (settled || wire.writeFailure()) return
        if (done) {
          chunks = undefined
          wire.end()
        } else wire.sendPart(value, () => onTaken(value.length))
      }, fail)
    }

    function onTaken(bytes: number): void {
      if (settled) return
      request.onSent?.(bytes)
      // a trickling answer would count as moving, so from its beginning the clock watches the sending
      if (answering > 0 && answering < 300) startTimer('STALL_TIMEOUT', timeouts.stallMs)
      sendNext()
    }

    function onFlushed(): void {
      if (settled || flushed || wire.writeFailure()) return
      flushed = true
      if (early) settle(early, true)
      else {
        phase = 'answer'
        startTimer('HEADERS_TIMEOUT', timeouts.headersMs)
      }
    }

    function onIdle(): void {
      if (!flushed) timeUp('STALL_TIMEOUT')
    }

    function onWriteFailure(error: Error): void {
      if (settled) return
      clearTimeout(timer)
      timer = setTimeout(fail, ANSWER_GRACE_MS, error)
    }

    function onAnswering(status: number): void {
      if (settled) return
      answering = status
      if (flushed || status >= 300) startTimer('HEADERS_TIMEOUT', timeouts.headersMs)
      else startTimer('STALL_TIMEOUT', timeouts.stallMs)
    }

    function onAnswer(outcome: UploadResponse | UploadError): void {
      if (settled) return
      if (outcome instanceof UploadError) settle(outcome)
      else if (flushed) settle(outcome, true)
      else if (outcome.status >= 300) settle(outcome)
      else if (wire.writeFailure()) settle(notAllSent())
      else early = outcome
    }

    function onError(error: Error): void {
      if (settled) return
      if (early) settle(notAllSent())
      else if (phase !== 'connect' && wire.isStale()) settle('stale')
      else fail(wire.writeFailure() ?? error)
    }

    function notAllSent(): UploadError {
      const message = 'The server answered and closed before the whole file was sent'
      return new UploadError('NOT_ALL_SENT', message, { cause: wire.writeFailure(), phase: 'send' })
    }
  })
}
