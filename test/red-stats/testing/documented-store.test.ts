import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { storeCaseNames } from '../../../src/red-stats/testing/index.ts'

it('the store in the documentation passes the suite by the test file beside it, under node --test', () => {
  const page = readFileSync('docs/write-an-adapter.md', 'utf8')
  const blockOf = (language: string) => new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\``, 'ms').exec(page)![1]!
  const folder = '.tmp/documented-store' // within the package, so that its own name can be imported
  mkdirSync(folder, { recursive: true })
  writeFileSync(`${folder}/array-store.ts`, blockOf('ts'))
  writeFileSync(`${folder}/array-store.test.ts`, blockOf('js'))
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    ['--import', 'tsx', '--test', '--test-reporter=tap', `${folder}/array-store.test.ts`],
    { encoding: 'utf8', env: { ...process.env, NODE_OPTIONS: '' } },
  )
  expect(`${stdout}${stderr}`).toContain(`# pass ${Object.values(storeCaseNames).flat().length}\n`)
  expect(stdout).toContain('# fail 0\n')
  expect(status).toBe(0)
  rmSync(folder, { recursive: true })
})
