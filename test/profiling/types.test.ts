import { spawnSync } from 'node:child_process'
import { expect, test } from 'vitest'

// The standard dialect is checked by `npm run types`, as these tests are. An unfulfilled @ts-expect-error is an error as
// well, so the file proves what is refused too.
test('types survive, and wrong targets and options are errors, with experimentalDecorators', () => {
  const args = ['node_modules/typescript-7/bin/tsc', '-p', 'test/profiling/types/legacy', '--pretty', 'false']
  const { stdout, status } = spawnSync(process.execPath, args, { encoding: 'utf8' })
  expect({ stdout, status }).toEqual({ stdout: '', status: 0 })
}, 60_000)
