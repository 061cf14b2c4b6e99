import { afterEach, describe, expect, it } from 'vitest'
import { type AlertServer, alertServer } from './alert-server.ts'
import { type RawWebSocket, rawWebSocket } from './raw-web-socket.ts'

let running: AlertServer | undefined
afterEach(async () => {
  await running?.close()
  running = undefined
})
const serve = async (...options: Parameters<typeof alertServer>): Promise<AlertServer> => {
  running = await alertServer(...options)
  return running
}

interface Message {
  readonly type: string
  readonly seq: number
  readonly cursor: string
  readonly image: { readonly red: number }
}

async function seqs(client: RawWebSocket, count: number): Promise<number[]> {
  const seen: number[] = []
  while (seen.length < count) {
    const message = await client.message<Message>()
    if (message.type === 'alert') seen.push(message.seq)
  }
  return seen
}

/** Connects, is sent the given images and leaves; the place where it was, after so many of them. */
async function placeAfter({ port, record }: AlertServer, reds: readonly number[], read: number): Promise<string> {
  const client = await rawWebSocket(port, '/alerts?min_red=0')
  for (const red of reds) await record(red)
  let cursor = ''
  for (let seen = 0; seen < read; seen++) cursor = (await client.message<Message>()).cursor
  client.end()
  return cursor
}

describe('a client that comes back', () => {
  it('is sent what it missed, then what comes', async () => {
    const server = await serve()
    const since = await placeAfter(server, [0.9, 0.1, 0.8, 0.7], 1)
    const client = await rawWebSocket(server.port, `/alerts?min_red=0.5&since=${encodeURIComponent(since)}`)
    expect(await client.message()).toMatchObject({ type: 'subscribed', id: 'url', recovered: true, replayed: 2 })
    await server.record(0.6)
    expect(await seqs(client, 3)).toEqual([3, 4, 5])
  })

  it('says so with hello, for all its subscriptions', async () => {
    const server = await serve()
    const resume = await placeAfter(server, [0.9, 0.1, 0.8, 0.7], 1)
    const client = await rawWebSocket(server.port, '/alerts')
    const subscriptions = [
      { id: 'a', min_red: 0.75 },
      { id: 'b', min_red: 0.05 },
    ]
    client.send({ type: 'hello', resume, subscriptions })
    const messages = []
    for (let seen = 0; seen < 6; seen++) messages.push(await client.message<Message>())
    expect(messages).toMatchObject([
      { type: 'welcome' },
      { type: 'subscribed', id: 'a', recovered: true, replayed: 1 },
      { type: 'subscribed', id: 'b', recovered: true, replayed: 3 },
      { seq: 2, ids: ['b'] },
      { seq: 3, ids: ['a', 'b'] },
      { seq: 4, ids: ['b'] },
    ])
  })

  it('says so with its first subscription, and with no later one that would go back', async () => {
    const server = await serve()
    const since = await placeAfter(server, [0.9, 0.8, 0.7], 1)
    const client = await rawWebSocket(server.port, '/alerts')
    client.send({ type: 'hello' })
    client.send({ type: 'subscribe', id: 'a', min_red: 0.5, since })
    expect(await seqs(client, 2)).toEqual([2, 3])
    client.send({ type: 'subscribe', id: 'b', min_red: 0.5, since })
    expect(await client.message()).toMatchObject({ type: 'error', code: 'INVALID', id: 'b' })
  })

  it('twice gets the same both times', async () => {
    const server = await serve()
    const since = encodeURIComponent(await placeAfter(server, [0.9, 0.8, 0.7], 1))
    for (let time = 0; time < 2; time++) {
      const client = await rawWebSocket(server.port, `/alerts?min_red=0&since=${since}`)
      expect(await seqs(client, 2)).toEqual([2, 3])
    }
  })

  it('misses nothing of what is recorded while it is sent the past', async () => {
    const server = await serve({}, { rememberedEvents: 50_000 })
    const since = encodeURIComponent(await placeAfter(server, [0.9], 1))
    const images = (from: number) =>
      Array.from({ length: 10_000 }, (_, at) => ({ imageId: `x${from + at}`, timestamp: 0, clientId: 'me', red: 0.5 }))
    await server.stats.record(images(0))
    const client = await rawWebSocket(server.port, `/alerts?min_red=0.4&since=${since}`)
    const recording = server.stats.record(images(10_000))
    expect(await seqs(client, 20_000)).toEqual(Array.from({ length: 20_000 }, (_, at) => at + 2))
    await recording
  })

  it('too late is told of a gap, and sent what is left', async () => {
    const server = await serve({}, { rememberedEvents: 3 })
    const since = await placeAfter(server, [0.9], 1)
    for (let more = 0; more < 6; more++) await server.record(0.9)
    const client = await rawWebSocket(server.port, `/alerts?min_red=0&since=${encodeURIComponent(since)}`)
    const epoch = since.split(':')[0]
    expect(await client.message()).toMatchObject({
      recovered: false,
      replayed: 3,
      gap: { type: 'gap', from: since, to: `${epoch}:4`, reason: 'trimmed' },
    })
    expect(await seqs(client, 3)).toEqual([5, 6, 7])
    expect(server.stats.metrics()).toMatchObject({ resumes: { recovered: 0, lost: 1 }, gaps: { trimmed: 1 } })
  })

  it.each([
    ['of another process', 'AAAAAAAAAAAA:1'],
    ['that was never given', 'nonsense'],
    ['of the future', (cursor: string) => `${cursor.split(':')[0]}:999`],
    ['before the first', (cursor: string) => `${cursor.split(':')[0]}:-1`],
    ['that is half a number', (cursor: string) => `${cursor.split(':')[0]}:1.5`],
  ])('with a place %s is told of a gap, and not sent everything again', async (_, place) => {
    const server = await serve()
    const known = await placeAfter(server, [0.9, 0.9], 2)
    const since = typeof place === 'string' ? place : place(known)
    const client = await rawWebSocket(server.port, `/alerts?min_red=0&since=${encodeURIComponent(since)}`)
    expect(await client.message()).toMatchObject({ recovered: false, replayed: 0, gap: { reason: 'epoch', to: known } })
    await server.record(0.8)
    expect(await seqs(client, 1)).toEqual([3])
  })

  it('with a place that is too long is refused', async () => {
    const { port } = await serve()
    expect((await rawWebSocket(port, `/alerts?min_red=0&since=${'x'.repeat(257)}`)).status).toBe(400)
  })
})
