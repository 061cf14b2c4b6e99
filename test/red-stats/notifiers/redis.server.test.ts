import { createClient } from 'redis'
import { afterAll, beforeAll, describe, it } from 'vitest'
import { redisNotifier } from '../../../src/red-stats/notifiers/redis.ts'
import { testNotifier } from '../../../src/red-stats/testing/index.ts'
import { type RedisServer, redisServer, startRedis } from '../../servers/redis.ts'

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
