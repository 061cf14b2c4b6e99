// What the workflows say, read by the YAML parser that comes with typedoc; nothing here runs them.
import { readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { root } from './rehearsal.ts'

interface Workflow {
  readonly on: Record<string, unknown>
  readonly permissions: Record<string, string>
  readonly jobs: Record<
    string,
    {
      readonly permissions?: Record<string, string>
      readonly steps: readonly { readonly uses?: string; readonly run?: string }[]
    }
  >
}

const folder = join(root, '.github/workflows')
const { parse } = createRequire(fileURLToPath(import.meta.resolve('typedoc')))('yaml') as {
  parse(text: string): Workflow
}
const read = (file: string): Workflow => parse(readFileSync(join(folder, file), 'utf8'))
const stepsOf = (workflow: Workflow) => Object.values(workflow.jobs).flatMap(({ steps }) => steps)
const files = readdirSync(folder)

describe('the workflows', () => {
  it.each(files)('%s may only read unless a job says otherwise, and pins actions by their major version', (file) => {
    const workflow = read(file)
    expect(workflow.permissions).toEqual({ contents: 'read' })
    for (const { steps } of Object.values(workflow.jobs)) {
      const actions = steps.flatMap(({ uses }) => uses ?? [])
      expect(actions).toEqual(['actions/checkout@v4', 'actions/setup-node@v4'])
    }
  })

  it('run scripts that package.json has', () => {
    const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
      scripts: Record<string, string>
    }
    const named = files.flatMap((file) =>
      stepsOf(read(file)).flatMap(({ run }) => /^npm run (\S+)/.exec(run ?? '')?.[1] ?? []),
    )
    expect(named).toEqual(['check'])
    expect(named.filter((name) => scripts[name] === undefined)).toEqual([])
  })

  it('publish a release only after the checks, with a signed statement', () => {
    const workflow = read('release.yml')
    expect(workflow.on).toEqual({ release: { types: ['published'] } })
    expect(workflow.jobs['publish']?.permissions).toEqual({ contents: 'read', 'id-token': 'write' })
    const commands = stepsOf(workflow).flatMap(
      ({ run }) => /^npm (?:ci|audit|run|publish).*/.exec(run ?? '')?.[0] ?? [],
    )
    expect(commands).toEqual([
      'npm ci',
      'npm audit --omit=dev',
      'npm run check',
      'npm publish --provenance --access public',
    ])
  })
})
