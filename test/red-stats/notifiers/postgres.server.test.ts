import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { postgresNotifier } from '../../../src/red-stats/notifiers/postgres.ts'
import { testNotifier } from '../../../src/red-stats/testing/index.ts'
import { events, follow } from '../../../src/red-stats/testing/notifier/case.ts'
import { type PostgresServer, postgresServer, startPostgres } from '../../servers/postgres.ts'
import { testBrokerFaults } from './broker-faults.ts'

describe.skipIf(postgresServer === undefined)('postgresNotifier', () => {
  let server: PostgresServer
  let admin: pg.Pool
  beforeAll(async () => {
    server = await startPostgres({ fsync: 'off' })
    admin = new pg.Pool({ connectionString: server.url })
    admin.on('error', () => {}) // its own connections are ended too
  })
  afterAll(async () => {
    await admin.end()
    await server.close()
  })

  testNotifier({ describe, it }, ({ place }) => postgresNotifier({ url: server.url, name: place }), {
    faults: {
      trim: async (place, keep) => {
        await admin.query(
          `delete from ${place}_outbox where xid not in (select xid from ${place}_outbox order by xid desc limit ${keep})`,
        )
      },
      recreate: async (place) => void (await admin.query(`drop table ${place}_outbox, ${place}_stream`)),
      poison: async (place) => {
        await admin.query(`insert into ${place}_outbox (events) values ('[["only an id"]]')`)
      },
      disconnect: async () => {
        await admin.query('select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid()')
      },
    },
  })

  it('reads what was begun before and committed after another in its turn', async () => {
    const notifier = postgresNotifier({ url: server.url, name: 'late' })
    const reading = follow(notifier, (await notifier.start()).head)
    const slow = await admin.connect()
    await slow.query('begin')
    await slow.query(`insert into late_outbox (events) values ('[["slow",0,"c",1]]')`)
    await notifier.publish(events(2, 'quick'))
    await notifier.publish(events(1, 'quicker'))
    const other = follow(notifier, (await notifier.start()).head)
    await admin.query(`select pg_notify('late_outbox', '')`)
    expect(reading.ids).toEqual([])
    await slow.query('commit')
    slow.release()
    await reading.wait(4)
    expect(reading.ids).toEqual(['slow', 'quick-0', 'quick-1', 'quicker-0'])
    expect(reading.gaps).toEqual([])
    await other.wait(4)
    await reading.stop()
    await other.stop()
    await notifier.close()
  })

  it('reads what an unrelated open transaction held back, though its end notifies nobody', async () => {
    const notifier = postgresNotifier({ url: server.url, name: 'held' })
    const reading = follow(notifier, (await notifier.start()).head)
    const unrelated = await admin.connect()
    await unrelated.query('begin')
    await unrelated.query('create temporary table t (n int) on commit drop')
    await notifier.publish(events(1, 'held'))
    await unrelated.query('rollback')
    unrelated.release()
    await reading.wait(1)
    await reading.stop()
    await notifier.close()
  })

  it('needs no rights but those on its own schema', async () => {
    await admin.query(`create role plain login; create schema plain authorization plain`)
    await admin.query(`alter role plain set search_path = plain`)
    const notifier = postgresNotifier({ url: server.url.replace('ruddle@', 'plain@') })
    const reading = follow(notifier, (await notifier.start()).head)
    await notifier.publish(events(1))
    await reading.wait(1)
    await reading.stop()
    await notifier.close()
  })

  it('begins a new epoch when the data are those of another server', async () => {
    const notifier = postgresNotifier({ url: server.url, name: 'moved' })
    const reading = follow(notifier, (await notifier.start()).head)
    await notifier.publish(events(2, 'old'))
    await reading.wait(2)
    await admin.query(`update moved_stream set server = 'another', timeline = 'another'`) // as after a restore
    await notifier.publish(events(2, 'new'))
    await reading.waitFor('new-1')
    expect(reading.gaps.map(({ reason }) => reason)).toEqual(['epoch'])
    expect(reading.ids).toEqual(['old-0', 'old-1', 'new-0', 'new-1'])
    await reading.stop()
    await notifier.close()
  })

  it('uses a pool that it is given, and leaves it open', async () => {
    const notifier = postgresNotifier({ pool: admin, name: 'given' })
    const reading = follow(notifier, (await notifier.start()).head)
    await notifier.publish(events(1))
    await reading.wait(1)
    await reading.stop()
    await notifier.close()
    expect((await admin.query('select 1 as one')).rows).toEqual([{ one: 1 }])
  })
})

describe.skipIf(postgresServer === undefined)('postgresNotifier and the life of PostgreSQL', () => {
  let server: PostgresServer
  beforeAll(async () => {
    server = await startPostgres({ fsync: 'off' })
  })
  afterAll(() => server.close())
  testBrokerFaults({
    server: () => server,
    create: (name) => postgresNotifier({ url: server.url, name, timeoutMs: 500 }),
    keepsOverKill: true,
  })
})

describe('postgresNotifier options', () => {
  it.each([
    [{}, 'Expected either `url` or `pool`'],
    [{ url: 'http://localhost' }, 'Expected `url` to be a postgres: URL'],
    [{ url: 'postgres://localhost', name: 'A' }, 'Expected `name`'],
    [{ url: 'postgres://localhost', keepMs: 0.5 }, 'Expected `keepMs` to be an integer from 1, got 0.5'],
    [{ url: 'postgres://localhost', table: 1 }, 'Unknown option `table` of postgresNotifier'],
  ])('are checked: %j', (options, message) => {
    expect(() => postgresNotifier(options)).toThrow(message)
  })
})
