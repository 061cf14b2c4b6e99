#!/usr/bin/env node
import { readFileSync } from 'node:fs'
import { Command, CommanderError } from 'commander'
import { compareCommand } from './compare.ts'
import { perfCommand } from './perf.ts'
import { redCommand } from './red.ts'
import { uploadCommand } from './upload.ts'

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
  version: string
}

const EXAMPLES = `
Examples:
  ruddle compare a.json b.json
  ruddle upload photos --to http://localhost:4001
  ruddle red photos
  ruddle perf report server.log

ruddle COMMAND --help says more of each.`

const program = new Command('ruddle')
  .description('Compare JSON, upload folders of pictures, measure red, read performance logs.')
  .version(version)
  .addHelpText('after', EXAMPLES)
  .exitOverride()
for (const command of [compareCommand(), uploadCommand(), redCommand(), perfCommand()]) {
  program.addCommand(command.exitOverride())
}

try {
  await program.parseAsync()
} catch (error) {
  if (!(error instanceof CommanderError)) throw error
  // commander has printed its message; wrong usage is exit code 2 for every command
  process.exitCode = error.exitCode === 0 ? 0 : 2
}
