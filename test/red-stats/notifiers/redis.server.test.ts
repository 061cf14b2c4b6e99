import { inspect } from 'node:util'
import { createClient } from 'redis'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { redisNotifier } from '../../../src/red-stats/notifiers/redis.ts'
import { testNotifier } from '../../../src/red-stats/testing/index.ts'
import { type RedisServer, redisServer, startRedis } from '../../servers/redis.ts'
import { testBrokerFaults } from './broker-faults.ts'

describe.skipIf(redisServer === undefined)('redisNotifier', () => {
  let server: RedisServer
  const admin = async (...args: string[]) => {
    const client = await createClient({ url: server.url }).connect()
    await client.sendCommand(args)
    client.destroy()
  }
  const stream = (place: string) => `{${place}}:stream`
  beforeAll(async () => {
    server = await startRedis()
  })
  afterAll(() => server.close())

  testNotifier({ describe, it }, ({ place }) => redisNotifier({ url: server.url, name: place }), {
    faults: {
      trim: (place, keep) => admin('XTRIM', stream(place), 'MAXLEN', String(keep)),
      recreate: (place) => admin('DEL', stream(place), `{${place}}:state`, `{${place}}:publisher:p`),
      poison: (place) => admin('XADD', stream(place), '*', 'events', '[["only an id"]]'),
      disconnect: () => admin('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes'),
    },
  })
})

describe.skipIf(redisServer === undefined)('redisNotifier, when Redis keeps everything', () => {
  let server: RedisServer
  beforeAll(async () => {
    server = await startRedis(['--appendonly', 'yes', '--appendfsync', 'always'])
  })
  afterAll(() => server.close())
  testBrokerFaults({
    server: () => server,
    create: (name) => redisNotifier({ url: server.url, name, timeoutMs: 500 }),
    startEmpty: () => server.startEmpty(),
    keepsOverKill: true,
  })

  it('takes the settings of a client, and leaves the client alone', async () => {
    const client = createClient({ url: server.url })
    const notifier = redisNotifier({ client, name: 'given' })
    const { head } = await notifier.start()
    const [place] = await notifier.publish([{ imageId: 'a', timestamp: 0, clientId: 'c', red: 1 }])
    expect(notifier.compare(head, place ?? '')).toBe(-1)
    await notifier.close()
    await client.connect()
    expect(await client.ping()).toBe('PONG')
    client.destroy()
  })

  it('keeps about as many events as it is told to', async () => {
    const notifier = redisNotifier({ url: server.url, name: 'short', keepEvents: 100 })
    const { head } = await notifier.start()
    const sent: string[] = []
    for (let number = 0; number < 500; number++) {
      sent.push(...(await notifier.publish([{ imageId: String(number), timestamp: 0, clientId: 'c', red: 1 }])))
    }
    expect(await notifier.range?.(head, sent.at(-1) ?? '', 1000)).toBeUndefined()
    expect(await notifier.range?.(sent.at(-101) ?? '', sent.at(-1) ?? '', 1000)).toHaveLength(100)
    await notifier.close()
  })

  it('says nothing of the password', async () => {
    const guarded = await startRedis(['--requirepass', 'correct horse'])
    const notifier = redisNotifier({ url: guarded.url.replace('//', '//:hunter2@') })
    const error = await notifier.start().catch((cause: unknown) => cause)
    expect(inspect(error, { depth: 9, showHidden: true })).not.toContain('hunter2')
    expect(error).toMatchObject({ code: 'UNAVAILABLE' })
    await notifier.close()
    await guarded.close()
  })
})

describe('redisNotifier options', () => {
  it.each([
    [{}, 'Expected either `url` or `client`'],
    [{ url: 'http://localhost' }, 'Expected `url` to be a redis: or rediss: URL'],
    [{ url: 'redis://localhost', name: 'a b' }, 'Expected `name`'],
    [{ url: 'redis://localhost', keepEvents: 0 }, 'Expected `keepEvents` to be an integer from 1, got 0'],
    [{ url: 'redis://localhost', keepEvent: 1 }, 'Unknown option `keepEvent` of redisNotifier'],
  ])('are checked: %j', (options, message) => {
    expect(() => redisNotifier(options)).toThrow(message)
  })
})
