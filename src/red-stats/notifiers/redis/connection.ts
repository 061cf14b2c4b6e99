import { answerOf } from '../../attempt.ts'
import { RedStatsError } from '../../errors.ts'

/** What is used of a client of the package `redis`, from version 5. */
export interface NodeRedisClient {
  readonly options?: { readonly socket?: object } | undefined
  duplicate(overrides: { socket: object; disableOfflineQueue: true }): NodeRedisClient
  on(event: 'error', listener: (error: unknown) => void): unknown
  connect(): Promise<unknown>
  sendCommand(args: readonly string[]): Promise<unknown>
  destroy(): void
}

/** What is used of a client of `ioredis` or `iovalkey`. */
export interface IoRedisClient {
  duplicate(overrides: { lazyConnect: true; retryStrategy: () => null; enableOfflineQueue: false }): IoRedisClient
  on(event: 'error', listener: (error: unknown) => void): unknown
  connect(): Promise<unknown>
  call(command: string, ...args: string[]): Promise<unknown>
  disconnect(): void
}

export type RedisClient = NodeRedisClient | IoRedisClient

/** One connection, made when it is needed and again after it failed. */
export interface RedisConnection {
  /** @throws RedStatsError `UNAVAILABLE`, `TIMEOUT` */
  command(args: readonly string[], timeoutMs: number): Promise<unknown>
  close(): void
}

interface Socket {
  command(args: readonly string[]): Promise<unknown>
  destroy(): void
}

/**
 * The client given is only the pattern: a connection of our own may be thrown away when it gives no answer, which is
 * the only way out of a half-open one, and the clients' own reconnecting would repeat commands behind our back.
 */
export function createRedisConnection(client: RedisClient): RedisConnection {
  let socket: Promise<Socket> | undefined
  let closed = false

  async function open(): Promise<Socket> {
    return 'call' in client ? openIoRedis(client) : openNodeRedis(client)
  }

  function discard(failed: Promise<Socket> | undefined): void {
    if (socket === failed) socket = undefined
    failed?.then((it) => it.destroy()).catch(() => {})
  }

  return {
    command: async (args, timeoutMs) => {
      if (closed) throw new RedStatsError('CLOSED', 'This notifier was closed')
      socket ??= open()
      const current = socket
      try {
        return await answerOf(
          'Redis',
          current.then((it) => it.command(args)),
          timeoutMs,
        )
      } catch (error) {
        if (!isReply(error)) discard(current)
        throw error
      }
    },
    close: () => {
      closed = true
      discard(socket)
    },
  }
}

async function openNodeRedis(client: NodeRedisClient): Promise<Socket> {
  const own = client.duplicate({
    socket: { ...client.options?.socket, reconnectStrategy: false },
    disableOfflineQueue: true,
  })
  own.on('error', ignore)
  await own.connect()
  let open = true
  return {
    command: (args) => own.sendCommand(args),
    destroy: () => {
      if (open) own.destroy()
      open = false
    },
  }
}

async function openIoRedis(client: IoRedisClient): Promise<Socket> {
  const own = client.duplicate({ lazyConnect: true, retryStrategy: () => null, enableOfflineQueue: false })
  own.on('error', ignore)
  await own.connect()
  return { command: ([name = '', ...args]) => own.call(name, ...args), destroy: () => own.disconnect() }
}

/** What went wrong is said by the command that fails. */
function ignore(): void {}

/** An error that Redis answered: the connection is sound. */
export function isReply(error: unknown): boolean {
  return error instanceof RedStatsError && error.cause instanceof Error && /^[A-Z]+ /.test(error.cause.message)
}
