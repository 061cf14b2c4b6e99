import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { expectKept } from './kill.ts'

it('keeps every acknowledged event, none twice, when the process is killed 40 times', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'ruddle-kill-'))
  await expectKept(folder, 40)
  await rm(folder, { recursive: true, force: true })
  expect.hasAssertions()
})
