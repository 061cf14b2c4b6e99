import { execFile, spawnSync } from 'node:child_process'
import { mkdtempSync, rmdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

/** A command whose first argument becomes, for what follows it alone, a disk of 64 MB, which goes when that ends. */
const onSmallDisk = [
  ...['--user', '--map-root-user', '--mount', '--propagation', 'private'],
  ...['sh', '-c', 'mount -t tmpfs -o size=64m tmpfs "$0" && exec "$@"'],
]
// Some containers forbid it.
const canMount = spawnSync('unshare', [...onSmallDisk, tmpdir(), 'true']).status === 0
const isSkipped = !canMount && process.env['RUDDLE_REQUIRE_SERVERS'] !== '1'

describe.skipIf(isSkipped)('a disk that is full', () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'ruddle-full-'))
  })
  afterEach(() => rmdirSync(folder))

  it.each([
    ['clickHouseStore', [], 'stored'],
    // tries what may be stored until it is, before anything else
    ['indexed(clickHouseStore)', ['--indexed'], 'duplicate'],
  ])('%s refuses events, goes on answering, and takes them all once there is space', async (_, flags, status) => {
    const script = ['--import', 'tsx', 'test/red-stats/stores/full-disk/fill-and-free.ts', folder, ...flags]
    const { stdout } = await promisify(execFile)('unshare', [...onSmallDisk, folder, process.execPath, ...script])
    expect(JSON.parse(stdout)).toEqual({
      failures: [expect.stringMatching(/^UNAVAILABLE true: ClickHouse: .*not enough space/)],
      whileFull: { total: 1000, above: 490 },
      statuses: Array.from({ length: 1000 }, () => status),
      afterwards: { total: 2000, above: 980 },
      reopened: { total: 2000, above: 980 },
      listed: 2000,
    })
  })
})
