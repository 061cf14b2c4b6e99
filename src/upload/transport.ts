/**
 * What carries the requests. A transport keeps three promises:
 * it settles every request within the timeouts given,
 * it calls a response complete only when the whole body was handed to the system and the whole answer was read,
 * and it reports an answer that came before the connection broke, whatever broke first.
 */
export interface Transport {
  /** Rejects with an `UploadError` that has a `phase`: `connect` promises that the server has seen nothing. */
  send(request: UploadRequest): Promise<UploadResponse>
  close(): void | Promise<void>
}

export interface UploadRequest {
  readonly url: URL
  readonly headers: Readonly<Record<string, string>>
  /** Bytes of the body, exactly. */
  readonly contentLength: number
  /** Makes the body; called again for each attempt, so that no retry sends an empty one. */
  readonly body: () => RequestBody
  readonly timeouts: Timeouts
  readonly signal: AbortSignal
  /** Called with the number of bytes that were handed to the system since the last call. */
  readonly onSent?: (bytes: number) => void
}

/** The whole body, or its chunks. A chunk may be overwritten as soon as the next one is asked for. */
export type RequestBody = Uint8Array | AsyncIterable<Uint8Array>

export interface UploadResponse {
  readonly status: number
  /** Names in lower case; repeated ones joined by a comma. */
  readonly headers: Readonly<Record<string, string>>
  /** Decoded as UTF-8. */
  readonly body: string
}

/** Milliseconds. */
export interface Timeouts {
  /** Until the connection stands, TLS included. */
  readonly connectMs: number
  /** While the server takes no byte of the body. */
  readonly stallMs: number
  /** From the last byte of the body to the head of the answer, and as long again for the rest of it. */
  readonly headersMs: number
  /** For one attempt as a whole; not set, an attempt may go on for as long as bytes move. */
  readonly totalMs?: number | undefined
}
