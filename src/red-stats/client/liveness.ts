import type { WebSocketLike } from './web-socket.ts'

/** A connection that lasted this long was a good one: the next attempt does not wait for the earlier failures. */
const stableMs = 10_000

export interface Liveness {
  /** The server said something. */
  heard(): void
  /** The server is to be asked whether it is there, this often. */
  welcomed(pingMs: number): void
  over(): void
}

/** Half-open connections say nothing: a server that is silent for two pings is taken for gone. */
export function watchLife(socket: WebSocketLike, stable: () => void): Liveness {
  const opened = setTimeout(stable, stableMs)
  let pinging: ReturnType<typeof setInterval> | undefined
  let silent = 0
  return {
    heard: () => {
      silent = 0
    },
    welcomed: (pingMs) => {
      clearInterval(pinging)
      pinging = setInterval(() => {
        if (++silent > 2) abandon(socket)
        else socket.send('{"type":"ping"}')
      }, pingMs)
    },
    over: () => {
      clearTimeout(opened)
      clearInterval(pinging)
    },
  }
}

/** A close would wait for an answer that does not come. */
function abandon(socket: WebSocketLike): void {
  socket.onclose?.({ code: 1006 } as never)
  socket.onclose = null
  socket.close()
}
