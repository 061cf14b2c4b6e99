import { once } from 'node:events'
import fc from 'fast-check'
import { afterAll, expect } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { connectRedStats } from '../../src/red-stats/client/index.ts'
import { fuzzTest } from './fuzz-test.ts'
import { damagedText, oddJson } from './mutations.ts'

const image = { image_id: 'a', timestamp: 0, client_id: 'me', red: 0.9 }
const gap = { type: 'gap', from: 'e:1', to: 'e:2', reason: 'lost' }
const messages: readonly object[] = [
  { type: 'welcome', connection_id: 'c', cursor: 'e:0', ping_ms: 60_000 },
  { type: 'subscribed', id: '0', cursor: 'e:1', recovered: false, gap },
  { type: 'alert', seq: 1, cursor: 'e:1', image, ids: ['0'] },
  gap,
  { type: 'goaway', retry_after_ms: 60_000 },
  { type: 'error', code: 'UNAVAILABLE', message: 'later', retryable: true },
  { type: 'error', code: 'LIMIT', message: 'no', retryable: false, id: '0' },
  { type: 'pong', t: 1 },
  { type: 'later', x: 1 },
]
const text = oddJson(fc.constantFrom(...messages))
const last = { type: 'alert', seq: 9, cursor: 'the last', image }

/** What the server says to each client that says hello. */
let script: readonly string[] = []
const server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
await once(server, 'listening')
server.on('connection', (socket) => {
  socket.once('message', () => {
    for (const each of [...script, JSON.stringify(messages[0])]) socket.send(each)
    // a client that was refused has closed by now, and does not answer
    socket.once('pong', () => socket.send(JSON.stringify(last)))
    socket.ping()
  })
})
afterAll(() => {
  for (const client of server.clients) client.terminate()
  server.close()
})
const address = server.address()
const port = typeof address === 'object' ? address?.port : undefined

fuzzTest(
  'a client gives whole alerts and gaps, passes over what it does not know, and ends as documented',
  { runs: 120, outcomes: ['all read', 'refused'] },
  fc.array(fc.oneof({ weight: 2, arbitrary: text }, { weight: 1, arbitrary: damagedText(text) }), { maxLength: 6 }),
  async (texts) => {
    script = texts
    const alerts = connectRedStats(`ws://127.0.0.1:${port}`, { minRed: 0.5, WebSocket, random: () => 0 })
    try {
      for await (const message of alerts) {
        if (message.type === 'gap') {
          expect(message).toMatchObject({ from: expect.any(String), to: expect.any(String) })
          continue
        }
        expect(message).toMatchObject({ type: 'alert', seq: expect.any(Number), cursor: expect.any(String) })
        expect(Object.keys(message.image)).toEqual(expect.arrayContaining(Object.keys(image)))
        if (message.cursor === last.cursor) return 'all read'
      }
    } catch (error) {
      expect(error).toMatchObject({ name: 'RedStatsClientError' })
      expect(['INVALID', 'LIMIT', 'FORBIDDEN']).toContain(Reflect.get(Object(error), 'code'))
      return 'refused'
    } finally {
      alerts.close()
    }
    throw new Error('Expected the last alert')
  },
)
