/** The part of a WebSocket that is used; a browser's and that of `ws` both have it. */
export interface WebSocketLike {
  send(text: string): void
  close(code?: number, reason?: string): void
  onopen: ((event: never) => void) | null
  onmessage: ((event: never) => void) | null
  onclose: ((event: never) => void) | null
  onerror: ((event: never) => void) | null
}

export type WebSocketConstructor = new (url: string, protocols: string) => WebSocketLike

/** The WebSocket of the browser, or of Node from 22 on. */
export function globalWebSocket(): WebSocketConstructor {
  const { WebSocket } = globalThis as { WebSocket?: WebSocketConstructor }
  if (WebSocket !== undefined) return WebSocket
  throw new TypeError(
    'This Node has no WebSocket: give one, `import { WebSocket } from "ws"`, as the option `WebSocket`',
  )
}
