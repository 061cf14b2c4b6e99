import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { canMakeDisks, type SmallDisk, startSmallDisk } from '../../servers/small-disk.ts'

const run = promisify(execFile)

describe.skipIf(!canMakeDisks)('a disk that is full', () => {
  let disk: SmallDisk
  beforeEach(async () => {
    disk = await startSmallDisk('256m')
  })
  afterEach(() => disk.close())

  it('refuses events, goes on answering, and takes them all once there is space', async () => {
    const script = 'test/red-stats/stores/full-disk/fill-and-free.ts'
    const { stdout } = await run(...disk.on(process.execPath, ['--import', 'tsx', script, disk.folder]))
    expect(JSON.parse(stdout)).toEqual({
      failures: [expect.stringMatching(/^UNAVAILABLE true: ClickHouse: .*enough free space/)],
      whileFull: { total: 1000, above: 490 },
      statuses: Array.from(
        { length: 1000 },
        () => 'duplicate',
      ) /* tried until they were stored, before anything else */,
      afterwards: { total: 2000, above: 980 },
      reopened: { total: 2000, above: 980 },
      listed: 2000,
    })
  })
})
