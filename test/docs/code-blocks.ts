import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

export interface CodeBlock {
  /** `file:line` of the first line of code. */
  readonly place: string
  readonly code: string
}

/** Every `ts` block of README.md, docs/*.md and the doc comments of src. */
export function findCodeBlocks(root: string): CodeBlock[] {
  const markdown = ['README.md', 'CONTRIBUTING.md', ...list(root, 'docs', '.md')]
  const sources = list(root, 'src', '.ts')
  return [...markdown, ...sources].flatMap((file) => {
    const text = readFileSync(join(root, file), 'utf8')
    return blocksOf(file, file.endsWith('.md') ? text : commentsOnly(text))
  })
}

/** The code with `expression // => value` turned into an assertion that the two are deeply equal. */
export function withAssertions(code: string): string {
  const asserted = code.replace(
    /^(?!\s*(?:\/\/|\*|const |let ))(\s*)(.+?);?\s*\/\/ => (.+)$/gm,
    '$1assertDocumented(await ($2), $3)',
  )
  return asserted === code ? code : `import { deepStrictEqual as assertDocumented } from 'node:assert'\n${asserted}`
}

function list(root: string, folder: string, ending: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith(ending) && !file.startsWith('reference'))
    .map((file) => join(folder, file))
    .sort()
}

function blocksOf(file: string, text: string): CodeBlock[] {
  const blocks: CodeBlock[] = []
  const lines = text.split('\n')
  for (let index = 0; index < lines.length; index++) {
    if (!/^\s*```ts$/.test(lines[index]!)) continue
    const start = index + 1
    while (index + 1 < lines.length && !/^\s*```$/.test(lines[++index]!));
    blocks.push({ place: `${file}:${start + 1}`, code: lines.slice(start, index).join('\n') })
  }
  return blocks
}

/** Doc comments without their stars; other lines are left empty, so that line numbers hold. */
function commentsOnly(text: string): string {
  let inComment = false
  return text
    .split('\n')
    .map((line) => {
      if (/^\s*\/\*\*/.test(line)) inComment = true
      const shown = inComment ? line.replace(/^\s*(\/\*\*|\*\/|\*) ?/, '') : ''
      if (/\*\//.test(line)) inComment = false
      return shown
    })
    .join('\n')
}
