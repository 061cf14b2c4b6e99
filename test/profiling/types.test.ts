import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { expect, test } from 'vitest'

const configFile = fileURLToPath(new URL('../tsconfig.json', import.meta.url))
const { options } = ts.parseJsonConfigFileContent(
  ts.readConfigFile(configFile, ts.sys.readFile).config,
  ts.sys,
  fileURLToPath(new URL('../', import.meta.url)),
)

// An unfulfilled @ts-expect-error is an error as well, so the files prove what is refused too.
function errors(file: string, experimentalDecorators: boolean): string[] {
  const path = fileURLToPath(new URL(`./types/${file}`, import.meta.url))
  const program = ts.createProgram([path], { ...options, noEmit: true, experimentalDecorators })
  return ts
    .getPreEmitDiagnostics(program)
    .map(
      ({ file, start, messageText }) =>
        `${file?.fileName.split('/').at(-1)}:${start}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`,
    )
}

test('types survive, and wrong targets and options are errors, with standard decorators', () => {
  expect(errors('both-dialects.ts', false)).toEqual([])
  expect(errors('standard-only.ts', false)).toEqual([])
}, 60_000)

test('types survive, and wrong targets and options are errors, with experimentalDecorators', () => {
  expect(errors('both-dialects.ts', true)).toEqual([])
}, 60_000)
