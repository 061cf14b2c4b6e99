import type { IncomingMessage } from 'node:http'
import { createTokenBucket, type TokenBucket } from './token-bucket.ts'

/** Who a connection belongs to, and what it may see: decided by the server, never by what the client says. */
export interface Identity {
  readonly clientId: string
  /** `own`: only images that this client sent. Default `all`. */
  readonly images?: 'all' | 'own'
  /** When the token ends, in milliseconds since the epoch: the connection is closed then. */
  readonly expiresAt?: number
}

/** Finds out who asks. Undefined: nobody we know. */
export type Authenticate = (credentials: {
  /** From the `Authorization: Bearer` header, the first message, or (server-sent events) the `token` of the address. */
  readonly token: string | undefined
  readonly request: IncomingMessage
}) => Identity | undefined | Promise<Identity | undefined>

export interface ConnectionLimits {
  /** Connections at the same time. Default 10,000. */
  readonly connections?: number
  /** Of one client. Default 100. It applies when there is an `authenticate`. */
  readonly connectionsPerClient?: number
  /** From one address (IPv6: one /64 network). Default 1,000. */
  readonly connectionsPerAddress?: number
  /** New ones a second from one address, with ten times as many at once. Default 100. */
  readonly connectsPerSecond?: number
}

export interface AdmissionOptions {
  readonly allowedOrigins?: readonly string[]
  readonly limits?: ConnectionLimits
  /** The address to count a connection for. Default: the peer's; behind a proxy, read what the proxy says. */
  readonly addressOf?: (request: IncomingMessage) => string
  /** Clock in milliseconds. */
  readonly now?: () => number
}

/** Why a connection is not taken, as HTTP says it. */
export interface Refusal {
  readonly status: 400 | 401 | 403 | 404 | 405 | 429 | 503
  readonly code: string
  readonly message: string
}

/** A place among the connections. */
export interface Admission {
  /** Counts the connection for its client as well; false when that has too many. */
  identify(clientId: string): boolean
  /** Frees the place. */
  leave(): void
}

export interface Door {
  enter(request: IncomingMessage): Admission | Refusal
  readonly size: number
}

/** Counts who comes in, from where, how often. */
export function createDoor(options: AdmissionOptions): Door {
  const { allowedOrigins = [], limits = {}, addressOf = peerAddress, now = Date.now } = options
  const { connections = 10_000, connectionsPerClient = 100 } = limits
  const { connectionsPerAddress = 1000, connectsPerSecond = 100 } = limits
  const byAddress = new Map<string, number>()
  const byClient = new Map<string, number>()
  const arrivals = new Map<string, TokenBucket>()
  let size = 0

  function comesTooOften(address: string): boolean {
    let bucket = arrivals.get(address)
    if (bucket === undefined) {
      if (arrivals.size >= 10_000) for (const [key, bucket] of arrivals) if (bucket.isFull()) arrivals.delete(key)
      if (arrivals.size >= 10_000) return true
      bucket = createTokenBucket({ perSecond: connectsPerSecond, burst: connectsPerSecond * 10, now })
      arrivals.set(address, bucket)
    }
    return !bucket.take()
  }

  return {
    enter: (request) => {
      if (!isAllowedOrigin(request, allowedOrigins)) {
        return { status: 403, code: 'FORBIDDEN', message: `Pages of ${request.headers.origin} may not connect` }
      }
      if (size >= connections) {
        return { status: 503, code: 'BUSY', message: `${connections} connections are open; try again later` }
      }
      const address = network(addressOf(request))
      if ((byAddress.get(address) ?? 0) >= connectionsPerAddress || comesTooOften(address)) {
        return { status: 429, code: 'LIMIT', message: 'Too many connections from this address; try again later' }
      }
      size++
      add(byAddress, address, 1)
      let client: string | undefined
      let left = false
      return {
        identify: (clientId) => {
          if ((byClient.get(clientId) ?? 0) >= connectionsPerClient) return false
          client = clientId
          add(byClient, clientId, 1)
          return true
        },
        leave: () => {
          if (left) return
          left = true
          size--
          add(byAddress, address, -1)
          if (client !== undefined) add(byClient, client, -1)
        },
      }
    },
    get size() {
      return size
    },
  }
}

export function isRefusal(result: Admission | Refusal): result is Refusal {
  return 'status' in result
}

/** The JSON of a refusal. */
export function refusalText({ code, message }: Refusal): string {
  return JSON.stringify({ error: { code, message } })
}

export function refusalHeaders({ status }: Refusal): Record<string, string> {
  if (status === 401) return { 'WWW-Authenticate': 'Bearer' }
  if (status === 405) return { Allow: 'GET' }
  return status === 429 || status === 503 ? { 'Retry-After': '1' } : {}
}

/** Whose images a client sees when it asks for these; undefined when it may not see them. */
export function grantScope(
  { clientId, images }: Identity,
  asked: 'all' | 'own' | undefined,
): 'all' | 'own' | undefined {
  const granted = images === 'own' ? 'own' : (asked ?? 'all')
  if (asked === 'all' && granted === 'own') return undefined
  return granted === 'own' && clientId === '' ? undefined : granted
}

/** The token of an `Authorization: Bearer …` header. */
export function bearerToken({ headers: { authorization } }: IncomingMessage): string | undefined {
  return authorization?.match(/^Bearer +(\S+)$/i)?.[1]
}

function add(counts: Map<string, number>, key: string, change: 1 | -1): void {
  const count = (counts.get(key) ?? 0) + change
  if (count > 0) counts.set(key, count)
  else counts.delete(key)
}

/** A page of another site can open a connection with the cookies of this one; only its `Origin` tells. */
function isAllowedOrigin({ headers: { origin, host } }: IncomingMessage, allowed: readonly string[]): boolean {
  if (origin === undefined || allowed.includes(origin)) return true
  return URL.canParse(origin) && new URL(origin).host === host
}

function peerAddress({ socket }: IncomingMessage): string {
  return socket.remoteAddress ?? ''
}

/** Whoever has one IPv6 address has the 2^64 of its network. */
function network(address: string): string {
  if (!address.includes(':') || address.startsWith('::ffff:')) return address
  const [head = '', tail = ''] = address.split('::')
  const [first, last] = [head, tail].map((part) => (part === '' ? [] : part.split(':')))
  const groups = [...first!, ...new Array<string>(Math.max(0, 8 - first!.length - last!.length)).fill('0'), ...last!]
  return groups.slice(0, 4).join(':')
}
