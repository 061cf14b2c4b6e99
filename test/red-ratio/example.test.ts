import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

it('examples/red-ratio ranks the pictures and tells the definitions apart', () => {
  const cwd = fileURLToPath(new URL('../../', import.meta.url))
  const args = ['--import', 'tsx', 'examples/red-ratio/main.ts']
  const lines = execFileSync(process.execPath, args, { cwd, encoding: 'utf8' }).split('\n')
  expect(lines[0]).toMatch(/^chilli\.jpg {9}0\.925 █{37}$/)
  expect(lines.slice(0, 16).map((line) => Number(line.slice(19, 24)))).toEqual(
    lines
      .slice(0, 16)
      .map((line) => Number(line.slice(19, 24)))
      .sort((a, b) => b - a),
  )
  expect(lines).toContain('area/1:h10,s50,v20   0.261')
  expect(lines).toContain('a red and a white pixel: 0.5')
  expect(lines).toContain('the same in two pieces:  0.5')
})
