import type { Socket } from 'node:net'

/** What became of the writes of a socket. */
export interface WriteWatch {
  /** The first write that failed because the other side had gone. */
  failure?: Error
  onFailure?: ((error: Error) => void) | undefined
}

const PEER_IS_GONE = new Set(['EPIPE', 'ECONNRESET', 'ECONNABORTED'])
const watched: unique symbol = Symbol('WriteWatch')

/**
 * Keeps a socket open for reading after a write has failed, and tells.
 *
 * A server that answers 413 and closes makes the next write fail. Node then destroys the socket, and with it an answer
 * that already lies in the kernel: 8 of 10 early answers got lost. So a failed write is noted here and reported to the
 * stream as done, and whoever watches decides how long to wait for the answer.
 */
export function watchWrites(socket: Socket & { [watched]?: WriteWatch }): WriteWatch {
  socket[watched] ??= watch(socket)
  return socket[watched]
}

function watch(socket: Socket): WriteWatch {
  const state: WriteWatch = {}
  type Done = (error?: Error | null) => void
  const forgiving =
    (done: Done): Done =>
    (error) => {
      if (error && 'code' in error && PEER_IS_GONE.has(String(error.code))) {
        state.failure ??= error
        state.onFailure?.(error)
        done()
      } else done(error)
    }
  const write = socket._write
  socket._write = (chunk, encoding, done) => {
    if (state.failure) done()
    else write.call(socket, chunk, encoding, forgiving(done))
  }
  const writev = socket._writev
  if (writev) {
    socket._writev = (chunks, done) => {
      if (state.failure) done()
      else writev.call(socket, chunks, forgiving(done))
    }
  }
  return state
}
