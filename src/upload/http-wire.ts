import { type Agent, request as httpRequest, type IncomingMessage } from 'node:http'
import { request as httpsRequest } from 'node:https'
import type { Socket } from 'node:net'
import { codeOf, connectionEnded, UploadError } from './errors.ts'
import type { Wire, WireEvents } from './exchange.ts'
import { readAnswer } from './read-answer.ts'
import type { UploadRequest } from './transport.ts'
import { watchWrites } from './watch-writes.ts'

/** A request of `node:http` or `node:https` as the wire of an exchange. */
export function httpWire(request: UploadRequest, events: WireEvents, agent: Agent, ca?: string | Buffer): Wire {
  let socket: (Socket & { secureConnecting?: boolean }) | undefined
  let bytesBefore = 0
  let answering = false
  let answered = false
  const secure = request.url.protocol === 'https:'
  const outgoing = (secure ? httpsRequest : httpRequest)(request.url, {
    method: 'POST',
    agent,
    // an agent for a proxy takes its own for the proxy alone
    ...(ca !== undefined && { ca }),
    headers: { ...request.headers, 'content-length': request.contentLength },
  })

  outgoing.once('socket', (connection) => {
    socket = connection
    watchWrites(socket).onFailure = events.onWriteFailure
    bytesBefore = socket.bytesRead
    if (socket.connecting || socket.secureConnecting) {
      socket.once(secure ? 'secureConnect' : 'connect', events.onConnected)
    } else events.onConnected()
  })
  outgoing.once('finish', events.onFlushed)
  outgoing.once('response', (response: IncomingMessage) => {
    answering = true
    events.onAnswering(response.statusCode ?? 0)
    readAnswer(response, (outcome) => {
      answered = true
      events.onAnswer(outcome)
    })
  })
  outgoing.once('upgrade', (_, upgraded) => {
    upgraded.destroy()
    events.onAnswer(badAnswer('a change of protocol'))
  })
  // once an answer has begun, its reader tells what becomes of it
  outgoing.on('error', (error) => {
    if (codeOf(error)?.startsWith('HPE_')) events.onAnswer(badAnswer(error.message, error))
    else if (!answering) events.onError(error)
  })
  outgoing.once('close', () => {
    if (!answering || answered) events.onError(connectionEnded())
  })

  return {
    connected: false,
    sendWhole(body) {
      outgoing.end(body)
      return false
    },
    sendPart: (chunk, taken) => void outgoing.write(chunk, taken),
    end: () => void outgoing.end(),
    watchIdle(ms) {
      socket?.setTimeout(ms)
      socket?.on('timeout', events.onIdle)
    },
    writeFailure: () => socket && watchWrites(socket).failure,
    isStale: () => outgoing.reusedSocket && socket?.bytesRead === bytesBefore,
    release(keep) {
      socket?.setTimeout(0)
      socket?.removeListener('timeout', events.onIdle)
      if (socket) watchWrites(socket).onFailure = undefined
      if (!keep) outgoing.destroy()
    },
  }
}

function badAnswer(what: string, cause?: Error): UploadError {
  return new UploadError('BAD_ANSWER', `The server's answer is not HTTP: ${what}`, { cause, phase: 'answer' })
}
