import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Session } from 'chdb'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { queriesOn } from '../../../../src/red-stats/stores/clickhouse/queries.ts'
import {
  dropBefore,
  foundation,
  migrations,
  splitByPartitions,
} from '../../../../src/red-stats/stores/clickhouse/schema.ts'

const month = 2_592_000_000
let folder: string
let session: Session
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ruddle-schema-'))
  session = new Session(folder)
})
afterAll(async () => {
  session.close()
  await rm(folder, { recursive: true, force: true })
})

/** The statement as ClickHouse's own parser writes it; throws where it is no ClickHouse SQL. */
async function parsed(query: string): Promise<string> {
  const result = await session.queryBindAsync('SELECT formatQuery({query:String})', { query }, { format: 'TSVRaw' })
  return result.text()
}

const onCluster = { database: 'red', cluster: 'images' }
const filter = { from: 1, to: 2, red: 0.5, clientId: 'c' }
const queries = queriesOn('red.red_events FINAL')
const statements = [
  ...foundation(onCluster),
  ...migrations(onCluster).flat(),
  dropBefore(onCluster, 100 * month).drop('7'),
  dropBefore(onCluster, 100 * month).select,
  queries.count(filter).query,
  queries.count({}).query,
  queries.series({ ...filter, stepMs: 1 }).query,
  queries.distribution({ ...filter, bins: 3 }).query,
  queries.list({ ...filter, limit: 1, after: { timestamp: 1, imageId: 'a' } }).query,
  queries.find(['a']).query,
  queries.scan({ from: 0, atLeast: 1 }).query,
]

describe('the statements for a cluster', () => {
  it.each(statements)('are ClickHouse SQL: %s', async (statement) => {
    expect((await parsed(statement)).length).toBeGreaterThan(10)
  })

  it('would not be if they were wrong', async () => {
    await expect(parsed('CREATE TABLE x ON CLUSTER (ts Int64')).rejects.toThrow(/syntax/i)
  })

  it('are those in the documentation', async () => {
    const page = (await readFile('docs/operations.md', 'utf8')).replace(/\s+/g, ' ')
    const named = { database: 'red_stats', cluster: 'images' }
    for (const statement of [...foundation(named), ...migrations(named).flat()]) {
      expect(page).toContain(statement.replace(/\s+/g, ' ').trim())
    }
  })
})

describe('an insert', () => {
  it('is split so that it touches at most 100 partitions', () => {
    const events = Array.from({ length: 250 }, (_, n) => ({ timestamp: ((n * 7) % 250) * month }))
    const parts = splitByPartitions(events)
    expect(parts.flat()).toHaveLength(250)
    expect(new Set(parts.flat())).toEqual(new Set(events))
    for (const part of parts) {
      expect(new Set(part.map(({ timestamp }) => Math.floor(timestamp / month))).size).toBeLessThanOrEqual(100)
    }
  })

  it('stays one where it can', () => {
    expect(splitByPartitions([{ timestamp: 0 }, { timestamp: 5 }])).toEqual([[{ timestamp: 0 }, { timestamp: 5 }]])
    expect(splitByPartitions([])).toEqual([])
  })
})
