import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { expect, test } from 'vitest'

const configFile = fileURLToPath(new URL('../tsconfig.json', import.meta.url))
const { options } = ts.parseJsonConfigFileContent(
  ts.readConfigFile(configFile, ts.sys.readFile).config,
  ts.sys,
  fileURLToPath(new URL('../', import.meta.url)),
)

// Both programs read the same libraries, which take most of the time.
const host = ts.createCompilerHost(options)
const read = host.getSourceFile.bind(host)
const files = new Map<string, ts.SourceFile | undefined>()
host.getSourceFile = (name, ...rest) => {
  if (!files.has(name)) files.set(name, read(name, ...rest))
  return files.get(name)
}

// An unfulfilled @ts-expect-error is an error as well, so the files prove what is refused too.
function errors(names: readonly string[], experimentalDecorators: boolean): string[] {
  const paths = names.map((name) => fileURLToPath(new URL(`./types/${name}`, import.meta.url)))
  const program = ts.createProgram(paths, { ...options, noEmit: true, experimentalDecorators }, host)
  return ts
    .getPreEmitDiagnostics(program)
    .map(
      ({ file, start, messageText }) =>
        `${file?.fileName.split('/').at(-1)}:${start}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`,
    )
}

test('types survive, and wrong targets and options are errors, with standard decorators', () => {
  expect(errors(['both-dialects.ts', 'standard-only.ts'], false)).toEqual([])
}, 60_000)

test('types survive, and wrong targets and options are errors, with experimentalDecorators', () => {
  expect(errors(['both-dialects.ts'], true)).toEqual([])
}, 60_000)
