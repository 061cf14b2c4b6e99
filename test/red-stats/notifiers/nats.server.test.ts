import { type JetStreamManager, jetstreamManager } from '@nats-io/jetstream'
import { connect, type NatsConnection } from '@nats-io/transport-node'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { natsNotifier } from '../../../src/red-stats/notifiers/nats.ts'
import { testNotifier } from '../../../src/red-stats/testing/index.ts'
import { type NatsServer, natsServer, startNats } from '../../servers/nats.ts'
import { testBrokerFaults } from './broker-faults.ts'

describe.skipIf(natsServer === undefined)('natsNotifier', () => {
  let server: NatsServer
  let connection: NatsConnection
  let manager: JetStreamManager
  beforeAll(async () => {
    server = await startNats()
    connection = await connect({ servers: server.url, maxReconnectAttempts: -1 })
    manager = await jetstreamManager(connection)
  })
  afterAll(async () => {
    await connection.close()
    await server.close()
  })

  testNotifier({ describe, it }, ({ place }) => natsNotifier({ servers: server.url, name: place }), {
    faults: {
      trim: async (place, keep) => void (await manager.streams.purge(place, { keep })),
      recreate: async (place) => void (await manager.streams.delete(place)),
      poison: async (place) => {
        connection.publish(`${place}.anyone`, '[["only an id"]]')
        await connection.flush()
      },
      disconnect: async () => {
        await server.stop()
        await server.start()
      },
    },
  })
})

describe.skipIf(natsServer === undefined)('natsNotifier and the life of NATS', () => {
  let server: NatsServer
  beforeAll(async () => {
    server = await startNats()
  })
  afterAll(() => server.close())
  testBrokerFaults({
    server: () => server,
    create: (name) => natsNotifier({ servers: server.url, name, timeoutMs: 500 }),
    startEmpty: () => server.startEmpty(),
    keepsOverKill: true,
  })

  it('uses a connection that it is given, and leaves it open', async () => {
    const connection = await connect({ servers: server.url })
    const notifier = natsNotifier({ connection, name: 'given' })
    const { head } = await notifier.start()
    const [place] = await notifier.publish([{ imageId: 'a', timestamp: 0, clientId: 'c', red: 1 }])
    expect(notifier.compare(head, place ?? '')).toBeLessThan(0)
    await notifier.close()
    expect(connection.isClosed()).toBe(false)
    await connection.close()
  })
})

describe('natsNotifier options', () => {
  it.each([
    [{}, 'Expected either `servers` or `connection`'],
    [{ servers: 'nats://localhost', name: 'a.b' }, 'Expected `name`'],
    [{ servers: 'nats://localhost', replicas: 0 }, 'Expected `replicas` to be an integer from 1, got 0'],
    [{ servers: 'nats://localhost', server: 1 }, 'Unknown option `server` of natsNotifier'],
  ])('are checked: %j', (options, message) => {
    expect(() => natsNotifier(options)).toThrow(message)
  })
})
