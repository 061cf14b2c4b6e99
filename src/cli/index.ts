#!/usr/bin/env node
import { readFileSync } from 'node:fs'
import { Command, CommanderError } from 'commander'

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

// Who reads may have had enough, as `head` has: that is the end, and nothing is to be said of it.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
    process.exit(process.exitCode ?? 1)
  })
}

const program = new Command('ruddle')
  .description('Compare JSON, upload folders of pictures, measure red, read performance logs.')
  .version(version)
  .addHelpText('after', EXAMPLES)
  .exitOverride()

/** Each is loaded when it is asked for: to load all of them takes longer than most of them run. */
const commands = new Map<string, () => Promise<Command>>([
  ['compare', async () => (await import('./compare.ts')).compareCommand()],
  ['upload', async () => (await import('./upload.ts')).uploadCommand()],
  ['red', async () => (await import('./red.ts')).redCommand()],
  ['perf', async () => (await import('./perf.ts')).perfCommand()],
])
const asked = commands.get(process.argv[2] ?? '')
for (const load of asked === undefined ? commands.values() : [asked]) {
  program.addCommand((await load()).exitOverride())
}

try {
  await program.parseAsync()
} catch (error) {
  if (!(error instanceof CommanderError)) throw error
  // commander has printed its message; wrong usage is exit code 2 for every command
  process.exitCode = error.exitCode === 0 ? 0 : 2
}
