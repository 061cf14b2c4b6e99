// The ten lines of each module in README.md, as one program in the dialect of a project.
import ts from 'typescript'
import { findCodeBlocks, withAssertions } from '../docs/code-blocks.ts'
import { root } from './rehearsal.ts'

/** Optional peers that those lines need. */
export const firstResultPeers: readonly string[] = ['sharp', 'chdb', '@clickhouse/client']

const blocks = findCodeBlocks(root).filter(({ place }) => place.startsWith('README.md:'))
const isImport = /^import .*\n?/gm

/** The lines with their types, and each `// => value` asserted; pictures are sent to `imagesUrl`. */
export function typedFirstResults(imagesUrl: string): string {
  const codes = blocks.map(({ code }) => withAssertions(code).replace('http://localhost:4001/images', imagesUrl))
  const imports = new Set(codes.flatMap((code) => code.match(isImport) ?? []).map((line) => line.trim()))
  const steps = codes.map((code, index) => {
    const body = code.replace(isImport, '').trim().replaceAll('\n', '\n  ')
    return `async function step${index}(): Promise<void> {\n  ${body}\n}`
  })
  const calls = steps.map((_, index) => `await step${index}()`).join('; ')
  return [
    ...imports,
    ...steps,
    `async function main(): Promise<void> { ${calls}; console.log('${steps.length} first results') }`,
    'main().catch((error: unknown) => { console.error(error); process.exitCode = 1 })',
    '',
  ].join('\n')
}

/** The same without types, decorators and `await using`, which Node 20 does not know; imported or required. */
export function plainFirstResults(imagesUrl: string, way: 'import' | 'require'): string {
  const { outputText } = ts.transpileModule(typedFirstResults(imagesUrl), {
    compilerOptions: {
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.ESNext,
      verbatimModuleSyntax: true,
    },
  })
  if (way === 'import') return outputText
  return outputText.replace(/^import \{(.+)\} from ('.+');?$/gm, (_, names: string, entry: string) => {
    return `const {${names.replaceAll(' as ', ': ')}} = require(${entry})`
  })
}
