import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

const root = fileURLToPath(new URL('../../', import.meta.url))

it('npm run pictures draws the pictures that are kept, byte by byte', () => {
  const folder = mkdtempSync(join(tmpdir(), 'pictures-'))
  execFileSync(process.execPath, ['--import', 'tsx', 'examples/images/draw.ts', folder], { cwd: root })
  const drawn = readdirSync(folder)
  const kept = readdirSync(join(root, 'examples/images')).filter((name) => /\.(jpg|png|webp)$/.test(name))
  expect(drawn.sort()).toEqual(kept.sort())
  for (const name of drawn) {
    expect(readFileSync(join(folder, name)).equals(readFileSync(join(root, 'examples/images', name))), name).toBe(true)
  }
  rmSync(folder, { recursive: true })
})
