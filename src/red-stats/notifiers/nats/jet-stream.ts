import type { ConsumerMessages, StreamInfo } from '@nats-io/jetstream'
import type { NatsConnection as Connection } from '@nats-io/transport-node'
import { answerOf } from '../../attempt.ts'
import { RedStatsError } from '../../errors.ts'
import { loadPeer } from '../../missing-peer.ts'
import { eventsOfText } from '../broker/event-text.ts'
import type { Message } from '../broker/items-after.ts'
import { lastSeqOf } from '../broker/place.ts'

/** What shows that it is a connection of `@nats-io/transport-node`. */
export interface NatsConnection {
  readonly info?: { readonly max_payload: number } | undefined
  isClosed(): boolean
  jetstream?: never
}

export interface JetStreamOptions {
  readonly servers: string | readonly string[] | undefined
  readonly connection: NatsConnection | undefined
  readonly login: {
    readonly user?: string | undefined
    readonly pass?: string | undefined
    readonly token?: string | undefined
  }
  readonly name: string
  readonly keepBytes: number
  readonly replicas: number
  readonly timeoutMs: number
}

/** The stream of one name; every method throws RedStatsError `UNAVAILABLE` or `TIMEOUT`. */
export interface JetStream {
  /** Epoch, and number of the newest message. */
  state(): Promise<{ epoch: string; last: number }>
  publish(message: {
    readonly publisher: string
    /** A message with a key that was taken is not taken again. */
    readonly key: string | undefined
    readonly text: string
    readonly afterLoss: boolean
  }): Promise<{ epoch: string; number: number }>
  /** The newest message of a publisher. */
  newestOf(publisher: string): Promise<{ epoch: string; number: number; key: string } | undefined>
  /** Begins to read with this number. The server may forget it at any time. */
  readFrom(number: number): Promise<JetStreamReader>
  close(): Promise<void>
}

export interface JetStreamReader {
  /** What comes within a second, at most so many messages, or until it is stopped. */
  next(messages: number): Promise<JetStreamReading>
}

export interface JetStreamReading extends AsyncIterable<Message> {
  stop(): void
}

const keyHeader = 'Nats-Msg-Id'
const lossHeader = 'After-Loss'
/** The largest batch is some 800 KB: 256 events with ids whose every byte is escaped. */
const minPayload = 2 ** 20
const readMs = 1000

export async function createJetStream(options: JetStreamOptions): Promise<JetStream> {
  const { name, keepBytes, replicas, timeoutMs } = options
  const packages = '@nats-io/transport-node @nats-io/jetstream'
  const { connect, headers } = await loadPeer(packages, () => import('@nats-io/transport-node'))
  const { jetstream, jetstreamManager } = await loadPeer(packages, () => import('@nats-io/jetstream'))
  const connection = await answerOf('NATS', connected(), timeoutMs)
  const payload = connection.info?.max_payload ?? 0
  if (payload < minPayload) {
    await close()
    throw new RedStatsError('UNAVAILABLE', `Expected max_payload of NATS to be ${minPayload} or more, got ${payload}`)
  }
  const manager = await ask(jetstreamManager(connection, { timeout: timeoutMs }))
  const client = jetstream(connection, { timeout: timeoutMs })
  let epoch = ''
  let newest = 0

  async function connected(): Promise<Connection> {
    if (options.connection !== undefined) return options.connection as Connection
    const { servers = [], login } = options
    const given = Object.fromEntries(Object.entries(login).filter(([, value]) => value !== undefined))
    return connect({
      ...given,
      servers: typeof servers === 'string' ? servers : [...servers],
      name: 'ruddle',
      timeout: timeoutMs,
      maxReconnectAttempts: -1,
      reconnectTimeWait: 100,
      pingInterval: timeoutMs, // a half-open connection shows by it
    })
  }

  function ask<Answer>(answer: Promise<Answer>): Promise<Answer> {
    return answerOf('NATS', answer, timeoutMs)
  }

  /** Makes the stream when there is none. */
  async function info(): Promise<StreamInfo> {
    const known = await ask(
      manager.streams.info(name).catch((error: unknown) => {
        if (isMissing(error)) return undefined
        throw error
      }),
    )
    if (known !== undefined) return known
    const window = 120e9 // nanoseconds
    const stream = { name, subjects: [`${name}.*`], max_bytes: keepBytes, num_replicas: replicas }
    return ask(manager.streams.add({ ...stream, discard: 'old', storage: 'file', duplicate_window: window }))
  }

  async function state(): Promise<{ epoch: string; last: number }> {
    const { created, state } = await info()
    epoch = created.replace(/\D/g, '')
    newest = state.last_seq
    return { epoch, last: newest }
  }

  async function close(): Promise<void> {
    if (options.connection === undefined) await connection.close()
  }

  await state()
  return {
    state,
    publish: async ({ publisher, key, text, afterLoss }) => {
      const header = headers()
      if (afterLoss) header.set(lossHeader, '1')
      const settings = { headers: header, timeout: timeoutMs, retries: 0, ...(key === undefined ? {} : { msgID: key }) }
      const send = () => client.publish(`${name}.${publisher}`, text, settings)
      const { seq } = await ask(
        send().catch(async (error: unknown) => {
          if (!isMissing(error)) throw error
          await state() // makes the stream
          return send()
        }),
      )
      if (seq <= newest) await state() // perhaps it is another stream
      newest = Math.max(newest, seq)
      return { epoch, number: seq }
    },
    newestOf: async (publisher) => {
      const subject = `${name}.${publisher}`
      const message = await ask(
        manager.streams.getMessage(name, { last_by_subj: subject }).catch((error: unknown) => {
          if (isMissing(error)) return null // with the stream it is gone
          throw error
        }),
      )
      return message === null ? undefined : { epoch, number: message.seq, key: message.header.get(keyHeader) }
    },
    readFrom: async (number) => {
      const ofEpoch = epoch
      const { name: consumer } = await ask(
        manager.consumers.add(name, {
          ack_policy: 'none', // nothing is delivered again: the reader's own place is what counts
          deliver_policy: 'by_start_sequence',
          opt_start_seq: number,
          mem_storage: true,
          num_replicas: 1,
          inactive_threshold: 10e9, // nanoseconds
        }),
      )
      const pull = await ask(client.consumers.get(name, consumer))
      return {
        next: async (messages) => {
          const fetched = await ask(pull.fetch({ max_messages: messages, expires: readMs }))
          return { stop: () => fetched.stop(), [Symbol.asyncIterator]: () => messagesOf(fetched, ofEpoch) }
        },
      }
    },
    close,
  }
}

async function* messagesOf(fetched: ConsumerMessages, epoch: string): AsyncGenerator<Message> {
  for await (const message of fetched) {
    yield {
      before: { epoch, seq: lastSeqOf(message.seq - 1) },
      lastSeq: lastSeqOf(message.seq),
      events: eventsOfText(message.string()),
      afterLoss: message.headers?.get(lossHeader) === '1',
    }
  }
}

/** There is no such stream: the client says of a subject that no stream takes that JetStream is not enabled. */
function isMissing(error: unknown): boolean {
  return error instanceof Error && (error.name === 'StreamNotFoundError' || error.name === 'JetStreamNotEnabled')
}
