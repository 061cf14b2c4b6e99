import { fileURLToPath } from 'node:url'
import type { Fault } from './clickhouse-http.ts'
import { freePort } from './free-port.ts'
import { type RunningProgram, startProgram } from './program.ts'
import { startSmallDisk } from './small-disk.ts'

/** The engine behind ClickHouse's HTTP interface, as a program with a disk of its own. */
export interface ClickHouseProgram extends RunningProgram {
  readonly url: string
  /** Lets the next request go wrong whose SQL begins with `verb`. */
  fail(verb: string, fault: Fault): Promise<void>
  fillDisk(): Promise<void>
  freeDisk(): Promise<void>
  /** Kills it, deletes its data, and starts it. */
  startEmpty(): Promise<void>
  close(): Promise<void>
}

const main = fileURLToPath(new URL('./clickhouse-main.ts', import.meta.url))

export async function startClickHouse(): Promise<ClickHouseProgram> {
  const disk = await startSmallDisk('256m')
  const port = await freePort()
  const [program, args] = disk.on(process.execPath, ['--import', 'tsx', main, disk.folder, String(port)])
  const server = await startProgram({ program, args, port })
  const url = `http://127.0.0.1:${port}`
  return {
    ...server,
    get pid() {
      return server.pid
    },
    url,
    fail: async (verb, fault) => {
      const response = await fetch(`${url}/fault?${new URLSearchParams({ verb, fault })}`, { method: 'POST' })
      if (!response.ok) throw new Error(await response.text())
    },
    fillDisk: disk.fill,
    freeDisk: disk.free,
    startEmpty: async () => {
      await server.kill()
      await disk.empty()
      await server.start()
    },
    close: async () => {
      await server.kill()
      await disk.close()
    },
  }
}
