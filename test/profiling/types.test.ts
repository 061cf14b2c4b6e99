import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { expect, test } from 'vitest'

const configFile = fileURLToPath(new URL('../tsconfig.json', import.meta.url))
const { options } = ts.parseJsonConfigFileContent(
  ts.readConfigFile(configFile, ts.sys.readFile).config,
  ts.sys,
  fileURLToPath(new URL('../', import.meta.url)),
)

// The standard dialect is checked by `npm run types`, as these tests are. An unfulfilled @ts-expect-error is an error as
// well, so the file proves what is refused too.
test('types survive, and wrong targets and options are errors, with experimentalDecorators', () => {
  const file = fileURLToPath(new URL('./types/both-dialects.ts', import.meta.url))
  const program = ts.createProgram([file], { ...options, noEmit: true, experimentalDecorators: true })
  const errors = ts
    .getPreEmitDiagnostics(program)
    .map(({ start, messageText }) => `${start}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`)
  expect(errors).toEqual([])
})
