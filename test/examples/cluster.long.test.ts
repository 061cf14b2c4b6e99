import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { haproxyServer } from '../servers/haproxy.ts'
import { postgresServer } from '../servers/postgres.ts'
import { redisServer } from '../servers/redis.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
const isMissing = [haproxyServer, postgresServer, redisServer].includes(undefined)

describe.skipIf(isMissing)('the example of a cluster', () => {
  it('uploads through the load balancer, and all instances alert and count alike', { timeout: 90_000 }, async () => {
    const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', 'examples/cluster/main.ts'], {
      cwd: root,
    })
    for (const instance of ['stats-1', 'stats-2', 'stats-3']) {
      expect(stdout).toMatch(new RegExp(`${instance} +alerted a client of 4 pictures`))
      expect(stdout).toContain(`${instance}  counts 16 pictures, 4 redder than 0.3`)
    }
    expect(stdout).toContain('Correct: all instances agree.')
  })

  it('has a configuration of HAProxy for containers that HAProxy takes', async () => {
    const check = promisify(execFile)(haproxyServer ?? '', ['-c', '-f', 'examples/cluster/haproxy.cfg'], { cwd: root })
    expect((await check).stdout).toContain('Configuration file is valid')
  })
})
