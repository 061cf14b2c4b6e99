import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'

const folder = mkdtempSync(join(tmpdir(), 'ruddle-pipes-'))
afterAll(() => rmSync(folder, { recursive: true }))
for (const [name, first] of [
  ['a.json', 1],
  ['b.json', 2],
] as const) {
  writeFileSync(join(folder, name), JSON.stringify(Array.from({ length: 50_000 }, (_, index) => first + index)))
}

/** What a command says and how it ends when nobody reads its output. */
function unread(...args: string[]): Promise<{ code: unknown; said: string }> {
  return new Promise((resolve) => {
    const child = execFile(process.execPath, ['dist/cli/index.js', ...args], (error, _, said) =>
      resolve({ code: error?.code ?? 0, said }),
    )
    child.stdout?.destroy()
  })
}

describe('a command whose output nobody reads', () => {
  it('ends as it would have, and does not complain', async () => {
    expect(await unread('--help')).toEqual({ code: 0, said: '' })
    const [a, b] = [join(folder, 'a.json'), join(folder, 'b.json')]
    expect(await unread('compare', a, b, '--json')).toEqual({ code: 1, said: '' })
  })
})
