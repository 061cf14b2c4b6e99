import { type JetStreamManager, jetstreamManager } from '@nats-io/jetstream'
import { connect, type NatsConnection } from '@nats-io/transport-node'
import { afterAll, beforeAll, describe, it } from 'vitest'
import { natsNotifier } from '../../../src/red-stats/notifiers/nats.ts'
import { testNotifier } from '../../../src/red-stats/testing/index.ts'
import { type NatsServer, natsServer, startNats } from '../../servers/nats.ts'

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
