import { setImmediate } from 'node:timers/promises'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isGap, type StreamItem } from '../../../src/red-stats/alert-hub/event-ring.ts'
import type { Receiver } from '../../../src/red-stats/alert-hub/receiver.ts'
import { type AlertHub, createAlertHub } from '../../../src/red-stats/alert-hub.ts'
import { type Gap, localNotifier, type Notifier, type Published, type RedEvent } from '../../../src/red-stats/index.ts'

const silent = {
  alert: () => {},
  hasAlertListener: () => false,
  gap: () => {},
  error: (error: unknown) => expect.fail(String(error)),
}
const event = (imageId: number, red: number, clientId = 'me'): RedEvent => ({
  imageId: String(imageId),
  timestamp: 0,
  clientId,
  red,
})

interface Message {
  readonly seq?: number
  readonly ids?: readonly string[]
  readonly gap?: Gap
}

/** A connection that keeps what it is sent, as JSON lines, and takes no more while it is shut. */
function sink(hub: AlertHub): { receiver: Receiver; messages: Message[]; shut: boolean; slow: boolean } {
  const state: { receiver: Receiver; messages: Message[]; shut: boolean; slow: boolean } = {
    messages: [],
    shut: false,
    slow: false,
    receiver: hub.connect({
      encode,
      write: (bytes) => {
        for (const line of bytes.toString().split('\n')) if (line !== '') state.messages.push(JSON.parse(line))
        return !state.shut
      },
      slow: () => {
        state.slow = true
      },
    }),
  }
  return state
}

const encode = (item: StreamItem, ids?: readonly string[]): Buffer =>
  Buffer.from(`${JSON.stringify(isGap(item) ? { gap: item } : { seq: item.seq, ids })}\n`)

/** Many turns, since a busy machine may give the hub little in each. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await setImmediate()
}

async function startHub(notifier: Notifier = localNotifier(), capacity = 65_536): Promise<AlertHub> {
  const hub = createAlertHub(notifier, silent, { capacity })
  await hub.start()
  return hub
}

describe('the hub', () => {
  it('sends each connection what a filter would, in order, in slices, with stalls, and tells every hole', async () => {
    const action = fc.oneof(
      {
        weight: 6,
        arbitrary: fc.record({
          do: fc.constant('publish' as const),
          reds: fc.array(fc.integer({ min: 0, max: 8 }), { maxLength: 6 }),
        }),
      },
      { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('shut' as const, 'drain' as const), who: fc.nat(3) }) },
      { weight: 1, arbitrary: fc.record({ do: fc.constant('settle' as const) }) },
    )
    await fc.assert(
      fc.asyncProperty(
        fc.array(action, { maxLength: 60, size: 'max' }),
        fc.array(fc.integer({ min: 0, max: 8 }), { minLength: 4, maxLength: 4 }),
        async (actions, thresholds) => {
          const hub = await startHub(localNotifier(), 16)
          const connections = thresholds.map((minRed, at) => {
            const connection = sink(hub)
            const clientId = at === 3 ? 'me' : undefined // one of them by its own index
            connection.receiver.subscribe([{ id: 'a', minRed: minRed / 8, clientId }])
            return connection
          })
          const published: RedEvent[] = []
          for (const step of actions) {
            if (step.do === 'publish') {
              const events = step.reds.map((red, at) => event(published.length + at, red / 8))
              published.push(...events)
              await hub.publish(events)
            } else if (step.do === 'settle') await settle()
            else {
              const connection = connections[step.who]!
              connection.shut = step.do === 'shut'
              if (!connection.shut) connection.receiver.ready()
            }
          }
          for (const connection of connections) {
            connection.shut = false
            connection.receiver.ready()
          }
          await settle()
          for (const [at, { messages }] of connections.entries()) {
            const wanted = published.flatMap(({ red }, index) => (red > thresholds[at]! / 8 ? [index + 1] : []))
            expect(faultsOf(messages, wanted)).toEqual([])
          }
          await hub.close()
        },
      ),
      { numRuns: 150 },
    )
  })

  it('finds many matches in a batch larger than a slice, once each', async () => {
    const hub = await startHub()
    const connections = Array.from({ length: 500 }, () => sink(hub))
    for (const [at, { receiver }] of connections.entries()) receiver.subscribe([{ id: 'a', minRed: at / 500 }])
    await hub.publish([event(1, 0.5), event(2, 0.25), event(3, 1)])
    await settle()
    for (const [at, { messages }] of connections.entries()) {
      const wanted = [0.5, 0.25, 1].flatMap((red, index) => (red > at / 500 ? [index + 1] : []))
      expect(messages.map(({ seq }) => seq)).toEqual(wanted)
    }
    await hub.close()
  })

  it('names the subscriptions of a connection with several, and sends an event once', async () => {
    const hub = await startHub()
    const connection = sink(hub)
    connection.receiver.subscribe([
      { id: 'low', minRed: 0.2 },
      { id: 'high', minRed: 0.8 },
      { id: 'mine', minRed: 0, clientId: 'me' },
    ])
    await hub.publish([event(1, 0.9, 'you'), event(2, 0.5, 'you'), event(3, 0.1, 'me'), event(4, 0.1, 'you')])
    await settle()
    expect(connection.messages).toEqual([
      { seq: 1, ids: ['low', 'high'] },
      { seq: 2, ids: ['low'] },
      { seq: 3, ids: ['mine'] },
    ])
    connection.receiver.unsubscribe('low')
    connection.receiver.unsubscribe('mine')
    await hub.publish([event(5, 0.5, 'me'), event(6, 0.9, 'you')])
    await settle()
    expect(connection.messages.slice(3)).toEqual([{ seq: 6 }])
    await hub.close()
  })

  it('does not send what came before a subscription, even to a connection that is behind', async () => {
    const hub = await startHub()
    const connection = sink(hub)
    connection.receiver.subscribe([{ id: 'high', minRed: 0.8 }])
    connection.shut = true
    await hub.publish([event(1, 0.9)])
    await settle()
    await hub.publish([event(2, 0.5)])
    await settle()
    connection.receiver.subscribe([{ id: 'low', minRed: 0.2 }])
    await hub.publish([event(3, 0.5)])
    connection.shut = false
    connection.receiver.ready()
    await settle()
    expect(connection.messages).toEqual([{ seq: 1 }, { seq: 3, ids: ['low'] }])
    await hub.close()
  })

  it('forgets the threshold of a subscription that ended during fan-out', async () => {
    const hub = await startHub()
    const connection = sink(hub)
    connection.receiver.subscribe([{ id: 'a', minRed: 0.2 }])
    await hub.publish([event(1, 0.5)])
    connection.receiver.unsubscribe('a')
    connection.receiver.subscribe([{ id: 'a', minRed: 0.6 }])
    await hub.publish([event(2, 0.5), event(3, 0.7)])
    await settle()
    expect(connection.messages).toEqual([{ seq: 3 }])
    await hub.close()
  })

  it('drops a connection that is stalled for too long', async () => {
    const hub = createAlertHub(localNotifier(), silent, { maxStalledMs: 20 })
    await hub.start()
    const connection = sink(hub)
    connection.receiver.subscribe([{ id: 'a', minRed: 0 }])
    connection.shut = true
    await hub.publish([event(1, 0.5)])
    while (!connection.slow) await new Promise((resolve) => setTimeout(resolve, 5))
    expect(hub.metrics.snapshot()).toMatchObject({ slow_closed: 1, lagging_connections: 0 })
    await hub.publish([event(2, 0.5)])
    await settle()
    expect(connection.messages).toEqual([{ seq: 1 }])
    await hub.close()
  })

  it('reports a listener that throws, and goes on', async () => {
    const errors: unknown[] = []
    const hub = createAlertHub(localNotifier(), { ...silent, error: (error) => errors.push(error) })
    await hub.start()
    const seen: Published[] = []
    hub
      .listen({
        alert: () => {
          throw new Error('mine')
        },
        gap: () => {},
      })
      .subscribe([{ id: '', minRed: 0 }])
    hub.listen({ alert: (alert) => seen.push(alert), gap: () => {} }).subscribe([{ id: '', minRed: 0 }])
    await hub.publish([event(1, 0.5)])
    await settle()
    expect(errors).toEqual([new Error('mine')])
    expect(seen.map(({ seq }) => seq)).toEqual([1])
    await hub.close()
  })

  it('stops calling a listener that closes itself while it is called', async () => {
    const hub = await startHub()
    const seen: number[] = []
    const receiver = hub.listen({
      alert: ({ seq }) => {
        seen.push(seq)
        receiver.close()
      },
      gap: () => {},
    })
    receiver.subscribe([{ id: '', minRed: 0 }])
    await hub.publish([event(1, 0.5), event(2, 0.5)])
    await settle()
    expect(seen).toEqual([1])
    await hub.close()
  })

  it('heeds what a listener does to those that are served together with it', async () => {
    const hub = await startHub()
    // the first to come is the first to be served
    const listener = hub.listen({
      alert: () => {
        ended.receiver.close()
        changed.receiver.unsubscribe('a')
        flushed.receiver.flush()
      },
      gap: () => {},
    })
    const [ended, changed, flushed, untouched] = [sink(hub), sink(hub), sink(hub), sink(hub)]
    for (const receiver of [listener, ...[ended, changed, flushed, untouched].map(({ receiver }) => receiver)]) {
      receiver.subscribe([{ id: 'a', minRed: 0.5 }])
    }
    await hub.publish([event(1, 0.9)])
    await settle()
    expect([ended, changed, flushed, untouched].map(({ messages }) => messages.length)).toEqual([0, 0, 1, 1])
    await hub.close()
  })

  it('reads on after the notifier failed', async () => {
    const local = localNotifier()
    const errors: unknown[] = []
    let broken = true
    const notifier: Notifier = {
      ...local,
      read: (from, options) => {
        if (!broken) return local.read(from, options)
        broken = false
        throw new Error('broken')
      },
    }
    const hub = createAlertHub(notifier, { ...silent, error: (error) => errors.push(error) })
    await hub.start()
    const connection = sink(hub)
    connection.receiver.subscribe([{ id: 'a', minRed: 0 }])
    await hub.publish([event(1, 0.5)])
    while (connection.messages.length === 0) await new Promise((resolve) => setTimeout(resolve, 20))
    expect(connection.messages).toEqual([{ seq: 1 }])
    expect(errors).toEqual([new Error('broken')])
    await hub.close()
  })

  it('passes on a gap of the notifier to everyone, whatever their thresholds', async () => {
    const gap: Gap = { type: 'gap', from: 'x:1', to: 'x:9', reason: 'lost' }
    const local = localNotifier()
    const gaps: Gap[] = []
    const hub = createAlertHub(
      {
        ...local,
        read: async function* (from, options) {
          yield gap
          yield* local.read('tail', options)
          void from
        },
      },
      { ...silent, gap: (it) => gaps.push(it) },
    )
    const connections = [sink(hub), sink(hub), sink(hub)]
    connections[0]!.receiver.subscribe([{ id: 'a', minRed: 1 }])
    connections[1]!.receiver.subscribe([{ id: 'a', minRed: 0.5, clientId: 'me' }])
    connections[2]!.receiver.subscribe([
      { id: 'a', minRed: 0 },
      { id: 'b', minRed: 0.5 },
    ])
    await hub.start()
    await settle()
    for (const { messages } of connections) expect(messages).toEqual([{ gap }])
    expect(gaps).toEqual([gap])
    await hub.close()
  })
})

describe('going on after a place', () => {
  it('sends what came since, then what comes, without a seam', async () => {
    const notifier = localNotifier()
    const hub = await startHub(notifier)
    const places = await notifier.publish([1, 2, 3, 4].map((id) => event(id, id / 10)))
    await settle()
    const connection = sink(hub)
    const begun = connection.receiver.subscribe([{ id: 'a', minRed: 0.25 }], places[0])
    void hub.publish([event(5, 0.5)])
    expect(await begun).toEqual([{ cursor: places[3], recovered: true, replayed: 2 }])
    await settle()
    expect(connection.messages).toEqual([{ seq: 3 }, { seq: 4 }, { seq: 5 }])
    expect(connection.receiver.cursor.endsWith(':5')).toBe(true)
    await hub.close()
  })

  it('goes on for several subscriptions together', async () => {
    const notifier = localNotifier()
    const hub = await startHub(notifier)
    const places = await notifier.publish([1, 2, 3].map((id) => event(id, id / 10)))
    await settle()
    const connection = sink(hub)
    connection.receiver.subscribe(
      [
        { id: 'a', minRed: 0.15 },
        { id: 'b', minRed: 0.25 },
      ],
      places[0],
    )
    await settle()
    expect(connection.messages).toEqual([
      { seq: 2, ids: ['a'] },
      { seq: 3, ids: ['a', 'b'] },
    ])
    await hub.close()
  })

  it('does not go back behind what the connection was sent', async () => {
    const notifier = localNotifier()
    const hub = await startHub(notifier)
    const connection = sink(hub)
    connection.receiver.subscribe([{ id: 'a', minRed: 0.5 }])
    const [first] = await notifier.publish([event(1, 0.9), event(2, 0.9)])
    await settle()
    expect(() => connection.receiver.subscribe([{ id: 'b', minRed: 0 }], first)).toThrow(/since/)
    await hub.publish([event(3, 0.3)])
    await settle()
    expect(connection.messages).toEqual([{ seq: 1 }, { seq: 2 }])
    await hub.close()
  })

  it('is a gap for a place that is trimmed, and continues with what is left', async () => {
    const notifier = localNotifier({ capacity: 4 })
    const hub = await startHub(notifier, 4)
    const places = await notifier.publish([1, 2, 3].map((id) => event(id, 0.9)))
    await settle()
    await notifier.publish([4, 5, 6].map((id) => event(id, 0.9)))
    await settle()
    const connection = sink(hub)
    expect(await connection.receiver.subscribe([{ id: 'a', minRed: 0 }], places[0])).toMatchObject([
      { recovered: false, replayed: 4, gap: { from: places[0], to: places[1], reason: 'trimmed' } },
    ])
    await settle()
    expect(connection.messages.map(({ seq }) => seq)).toEqual([3, 4, 5, 6])
    await hub.close()
  })

  it('takes the oldest place that is held for no gap', async () => {
    const notifier = localNotifier({ capacity: 4 })
    const hub = await startHub(notifier, 4)
    const places = await notifier.publish([1, 2, 3].map((id) => event(id, 0.9)))
    await settle()
    await notifier.publish([4, 5, 6].map((id) => event(id, 0.9)))
    await settle()
    const connection = sink(hub)
    expect(await connection.receiver.subscribe([{ id: 'a', minRed: 0 }], places[1])).toMatchObject([
      { recovered: true, replayed: 4 },
    ])
    await hub.close()
  })

  it.each(['other:3', 'nonsense', ':', '💥', 'x'.repeat(256)])(
    'is a gap, and live, for the foreign place %s',
    async (since) => {
      const notifier = localNotifier()
      const hub = await startHub(notifier)
      await notifier.publish([event(1, 0.9)])
      await settle()
      const connection = sink(hub)
      expect(await connection.receiver.subscribe([{ id: 'a', minRed: 0 }], since)).toMatchObject([
        { recovered: false, replayed: 0, gap: { from: since, reason: 'epoch' } },
      ])
      await hub.publish([event(2, 0.9)])
      await settle()
      expect(connection.messages).toEqual([{ seq: 2 }])
      await hub.close()
    },
  )

  it('reads from the notifier once, for all, what came before the hub began', async () => {
    const local = localNotifier()
    const places = await local.publish(Array.from({ length: 2500 }, (_, at) => event(at, (at % 10) / 10)))
    let asked = 0
    const hub = await startHub({
      ...local,
      range: (from, to, limit) => {
        asked++
        return local.range!(from, to, limit)
      },
    })
    const connections = Array.from({ length: 50 }, () => sink(hub))
    const begun = connections.map(({ receiver }) => receiver.subscribe([{ id: 'a', minRed: 0.85 }], places[99]))
    void hub.publish([event(9999, 1)])
    for (const [how] of await Promise.all(begun)) expect(how).toMatchObject({ recovered: true })
    while (connections.some(({ messages }) => messages.at(-1)?.seq !== 2501)) await setImmediate()
    await settle()
    const wanted = Array.from({ length: 240 }, (_, at) => 110 + at * 10)
    for (const { messages } of connections) expect(messages.map(({ seq }) => seq)).toEqual([...wanted, 2501])
    expect(asked).toBe(3)
    await hub.close()
  })

  it('is a gap when the notifier cannot give what came before', async () => {
    const local = localNotifier()
    const [place] = await local.publish([event(1, 0.9), event(2, 0.9)])
    const hub = await startHub({ ...local, range: () => Promise.reject(new Error('down')) })
    const connection = sink(hub)
    expect(await connection.receiver.subscribe([{ id: 'a', minRed: 0 }], place)).toMatchObject([
      { recovered: false, replayed: 0, gap: { reason: 'trimmed' } },
    ])
    await hub.close()
  })

  it('resumes from every place, as often as it is asked, with the same result', async () => {
    const notifier = localNotifier()
    const hub = await startHub(notifier)
    const places = await notifier.publish(Array.from({ length: 20 }, (_, at) => event(at, 0.9)))
    await settle()
    for (const [at, place] of [...places.entries(), ...places.entries()]) {
      const connection = sink(hub)
      await connection.receiver.subscribe([{ id: 'a', minRed: 0 }], place)
      connection.receiver.flush()
      expect(connection.messages.map(({ seq }) => seq)).toEqual(Array.from({ length: 19 - at }, (_, n) => at + 2 + n))
      connection.receiver.close()
    }
    await hub.close()
  })
})

/** What is wrong in a record that should be in order, hold nothing twice and nothing unwanted, and tell its gaps in place. */
function faultsOf(messages: readonly Message[], wanted: readonly number[]): string[] {
  const faults: string[] = []
  let last = 0
  let covered = 0 // everything up to here was sent, was not wanted, or was announced as missing
  const seqOf = (cursor: string) => Number(cursor.split(':')[1])
  const cover = (from: number, to: number) => {
    const missing = wanted.filter((it) => it > covered && it < from)
    if (missing.length > 0) faults.push(`${missing} missing before ${from}`)
    covered = to
  }
  for (const { seq, gap } of messages) {
    if (gap !== undefined) {
      cover(seqOf(gap.from) + 1, seqOf(gap.to))
      continue
    }
    if (seq! <= last) faults.push(`${seq} after ${last}`)
    if (!wanted.includes(seq!)) faults.push(`${seq} unwanted`)
    cover(seq!, seq!)
    last = seq!
  }
  cover(Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY)
  return faults
}
