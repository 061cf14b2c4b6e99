import { afterAll, beforeAll, describe } from 'vitest'
import { redisNotifier } from '../../../src/red-stats/notifiers/redis.ts'
import { type RedisServer, redisServer, startRedis } from '../../servers/redis.ts'
import { testBrokerFaults } from './broker-faults.ts'

describe.skipIf(redisServer === undefined)('redisNotifier, when Redis keeps nothing', () => {
  let server: RedisServer
  beforeAll(async () => {
    server = await startRedis()
  })
  afterAll(() => server.close())
  testBrokerFaults({
    server: () => server,
    create: (name) => redisNotifier({ url: server.url, name, timeoutMs: 500 }),
    startEmpty: () => server.startEmpty(),
    keepsOverKill: false,
  })
})
