import { rm } from 'node:fs/promises'
import { indexed, memoryStore, type RedStatsStore } from '../../../src/red-stats/index.ts'
import { clickHouseStore } from '../../../src/red-stats/stores/clickhouse.ts'
import { startClickHouseHttp } from '../../servers/clickhouse-http.ts'
import { memoryFolder } from '../../servers/memory-folder.ts'

interface Given {
  readonly place: string
  readonly now: () => number
}

/** A store under test, and what must be undone after the last case. */
export interface StoreUnderTest {
  readonly create: (given: Given) => RedStatsStore
  readonly end: () => Promise<void>
}

/** Every store of the package. chDB takes one folder a process: each case gets a database of its own in it. */
export const stores: Record<string, () => Promise<StoreUnderTest>> = {
  memory: async () => ({ create: ({ now }) => memoryStore({ now }), end: async () => {} }),

  chDB: async () => {
    const { path, end } = await folder()
    return { create: ({ place, now }) => clickHouseStore({ path, database: place, now }), end }
  },

  'chDB, indexed': async () => {
    const { path, end } = await folder()
    return { create: ({ place, now }) => indexed(clickHouseStore({ path, database: place, now })), end }
  },

  'ClickHouse over HTTP': async () => {
    const { url, end } = await server()
    return { create: ({ place, now }) => clickHouseStore({ url, database: place, now }), end }
  },

  'ClickHouse over HTTP, indexed': async () => {
    const { url, end } = await server()
    return { create: ({ place, now }) => indexed(clickHouseStore({ url, database: place, now })), end }
  },
}

async function server(): Promise<{ url: string; end: () => Promise<void> }> {
  const path = await memoryFolder('ruddle-server-')
  const { url, close } = await startClickHouseHttp(path)
  return {
    url,
    end: async () => {
      await close()
      await rm(path, { recursive: true, force: true })
    },
  }
}

/** A folder whose database stays open, since starting the engine for every case takes most of the time. */
async function folder(): Promise<{ path: string; end: () => Promise<void> }> {
  const path = await memoryFolder('ruddle-store-')
  const keptOpen = clickHouseStore({ path })
  await keptOpen.open()
  return {
    path,
    end: async () => {
      await keptOpen.close()
      await rm(path, { recursive: true, force: true })
    },
  }
}
