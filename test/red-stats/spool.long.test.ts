import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type Gap, memoryStore, RedStats, type Subscription } from '../../src/red-stats/index.ts'
import { natsNotifier } from '../../src/red-stats/notifiers/nats.ts'
import { type NatsServer, natsServer, startNats } from '../servers/nats.ts'
import { alertServer } from './transports/alert-server.ts'
import { rawWebSocket } from './transports/raw-web-socket.ts'

const timestamp = Date.now()

describe.skipIf(natsServer === undefined)('an instance whose broker is away', () => {
  let server: NatsServer
  const engines: RedStats[] = []
  let number = 0
  beforeAll(async () => {
    server = await startNats()
  })
  afterEach(async () => {
    for (const engine of engines.splice(0)) await engine.close()
  })
  afterAll(() => server.close())

  async function instances(count: number, options: { maxSpooled?: number } = {}) {
    const name = `spool_${++number}`
    const made = Array.from({ length: count }, () => {
      const notifier = natsNotifier({ servers: server.url, name, timeoutMs: 400 })
      return new RedStats({ store: memoryStore(), notifier, instanceId: 'the same', ...options })
    })
    engines.push(...made)
    for (const engine of made) await engine.ready()
    return made as [RedStats, RedStats]
  }

  function watch(engine: RedStats, since?: string) {
    const ids: string[] = []
    const gaps: Gap[] = []
    const cursors: string[] = []
    let check = () => {}
    const subscription: Subscription = engine.subscribe(
      { minRed: 0, ...(since === undefined ? {} : { since }), onGap: (gap) => void gaps.push(gap) },
      ({ event, cursor }) => {
        ids.push(event.imageId)
        cursors.push(cursor)
        check()
      },
    )
    const wait = (id: string) =>
      new Promise<void>((resolve) => {
        check = () => {
          if (ids.includes(id)) resolve()
        }
        check()
      })
    return { ids, gaps, cursors, wait, close: () => subscription.close() }
  }

  const record = (engine: RedStats, ...ids: string[]) =>
    engine.record(ids.map((imageId) => ({ imageId, timestamp, clientId: 'c', red: 0.5 })))

  it('alerts its own clients at once, and those of others when the broker is back, each once', async () => {
    const [here, there] = await instances(2)
    const [own, others] = [watch(here), watch(there)]
    await record(here, 'before')
    await others.wait('before')
    await server.stop()
    expect(await record(here, 'a', 'b')).toMatchObject([{ status: 'stored' }, { status: 'stored' }])
    await record(here, 'c')
    await own.wait('c')
    expect(own.ids).toEqual(['before', 'a', 'b', 'c'])
    expect(here.metrics().spool_size).toBe(3)
    expect(here.health()).toMatchObject({ ready: true, notifier: { spooled: 3, dropped: 0 } })
    expect(here.health().notifier.state).not.toBe('up')
    await server.start()
    await others.wait('c')
    await record(there, 'after')
    await own.wait('after')
    await others.wait('after')
    expect(own.ids).toEqual(['before', 'a', 'b', 'c', 'after'])
    expect(others.ids).toEqual(['before', 'a', 'b', 'c', 'after'])
    expect([...own.gaps, ...others.gaps]).toEqual([])
    expect(here.metrics().spool_size).toBe(0)
  })

  it('gives what was alerted early to a client that comes from another instance', async () => {
    const [here, there] = await instances(2)
    const [own, others] = [watch(here), watch(there)]
    await record(there, 'before')
    await own.wait('before')
    await others.wait('before')
    await server.stop()
    await record(here, 'a', 'b')
    await own.wait('b')
    const moved = watch(here, others.cursors.at(-1))
    await server.start()
    await record(there, 'after')
    // Two instances publish, each when it finds the broker again: which of them comes first is not said.
    for (const id of ['after', 'b']) {
      await moved.wait(id)
      await others.wait(id)
    }
    expect(moved.ids.toSorted()).toEqual(['a', 'after', 'b'])
    const back = watch(there, own.cursors[0])
    for (const id of ['after', 'b']) await back.wait(id)
    expect(back.ids.toSorted()).toEqual(['a', 'after', 'b'])
  })

  it('stands a broker that stands still', async () => {
    const [here, there] = await instances(2)
    const [own, others] = [watch(here), watch(there)]
    await record(here, 'before')
    await others.wait('before')
    server.pause()
    await record(here, 'a')
    await record(here, 'b')
    await own.wait('b')
    server.resume()
    await others.wait('b')
    await record(here, 'after')
    await own.wait('after')
    await others.wait('after')
    expect(own.ids).toEqual(['before', 'a', 'b', 'after'])
    expect(others.ids).toEqual(own.ids)
  })

  it('tells every client of a gap when more came than could wait', async () => {
    const [here, there] = await instances(2, { maxSpooled: 300 })
    const [own, others] = [watch(here), watch(there)]
    await record(here, 'before')
    await others.wait('before')
    await server.stop()
    await record(here, 'first')
    const many = Array.from({ length: 1000 }, (_, index) => `many-${index}`)
    await record(here, ...many)
    await own.wait('many-999')
    expect(here.health().notifier.dropped).toBe(700)
    await server.start()
    await others.wait('many-999')
    expect(others.gaps.map(({ reason }) => reason)).toEqual(['lost'])
    expect(others.ids).toEqual(['before', 'first', ...many.slice(-300)])
    expect(own.ids).toEqual(['before', 'first', ...many])
  })

  it('sends what was alerted early once to a connection', async () => {
    const notifier = natsNotifier({ servers: server.url, name: 'sockets', timeoutMs: 400 })
    const { port, record, close } = await alertServer({}, { notifier })
    const client = await rawWebSocket(port, '/alerts?min_red=0.5')
    await record(0.9)
    await server.stop()
    await record(0.9)
    await server.start()
    await record(0.9)
    const ids: string[] = []
    while (ids.at(-1) !== '2') ids.push((await client.message<{ image: { image_id: string } }>()).image.image_id)
    await close()
    expect(ids).toEqual(['0', '1', '2'])
  })

  it('publishes more at once than a notifier takes', async () => {
    const [here, there] = await instances(2)
    const others = watch(there)
    const many = Array.from({ length: 3000 }, (_, index) => `many-${index}`)
    await record(here, ...many)
    await others.wait('many-2999')
    expect(others.ids).toEqual(many)
  })

  it('says when it is closed with events that no other instance got', async () => {
    const [here] = await instances(2)
    await server.stop()
    await record(here, 'lost to others')
    const errors: unknown[] = []
    here.on('error', (error) => void errors.push(error))
    await here.close()
    expect(String(errors.at(-1))).toContain('1 events could not be published')
    await server.start()
  })

  it('alerts once on an event that two instances were asked to record', async () => {
    const [here, there] = await instances(2)
    const others = watch(there)
    await Promise.all([record(here, 'twice'), record(there, 'twice')]) // each has a store of its own
    await record(here, 'after')
    await others.wait('after')
    expect(others.ids).toEqual(['twice', 'after'])
  })
})
