import { readFileSync } from 'node:fs'
import { Command, InvalidArgumentError, Option } from 'commander'
import {
  httpTransport,
  proxyFor,
  socketTransport,
  UploadError,
  type UploadOptions,
  type UploadSummary,
  uploadFolder,
} from '../upload/index.ts'
import { type Progress, uploadDisplay } from './upload-display.ts'

interface Flags {
  readonly to: URL
  readonly concurrency?: number
  readonly field?: string
  readonly header: Record<string, string>
  readonly headerFile?: Record<string, string>
  readonly recursive: boolean
  readonly include: string[]
  readonly exclude: string[]
  readonly hidden?: boolean
  readonly followSymlinks?: boolean
  readonly sniff: boolean
  readonly maxSize?: number
  readonly retries?: number
  readonly journal?: string
  readonly maxErrors?: number
  readonly dryRun?: boolean
  readonly json?: boolean
  readonly quiet?: boolean
  readonly verbose?: boolean
  readonly progress: Progress
  readonly cacert?: string
  readonly errorOnEmpty?: boolean
}

/** `ruddle upload FOLDER --to URL` */
export function uploadCommand(): Command {
  return new Command('upload')
    .description('Send every image of a folder to a server, one multipart POST a file.')
    .argument('<folder>', 'the folder')
    .requiredOption('--to <url>', 'where to; without a path: /images', asUrl)
    .option('-j, --concurrency <n>', 'files at the same time (8)', asCount)
    .option('-F, --field <name>', 'form field of the file (image)')
    .option('-H, --header <line>', "header field to send along, as 'Name: value'; repeatable", asHeader, {})
    .option(
      '--header-file <file>',
      'header fields, one a line: for secrets, which a command line shows to all',
      asHeaderFile,
    )
    .option('--no-recursive', 'leave out the folders in the folder')
    .option('--include <glob>', 'only files that match; repeatable', append, [])
    .option('--exclude <glob>', 'no files or folders that match; repeatable', append, [])
    .option('--hidden', 'also names that begin with a dot')
    .option('--follow-symlinks', 'follow symbolic links; each real file once')
    .option('--no-sniff', 'send every file, whatever its first bytes say')
    .option('--max-size <bytes>', 'skip larger files', asCount)
    .option('--retries <n>', 'attempts after the first (4)', asCountOrNone)
    .option('--journal <file>', 'remember what was sent, and go on there the next time')
    .option('--max-errors <n>', 'give up after so many failed files', asCount)
    .option('--dry-run', 'only say what would be sent')
    .option('--json', 'results as JSON, one a line, the summary last')
    .option('-q, --quiet', 'nothing but errors')
    .option('-v, --verbose', 'a line for every file')
    .addOption(
      new Option('--progress <how>', 'how to show progress').choices(['auto', 'bar', 'plain', 'none']).default('auto'),
    )
    .option('--cacert <file>', 'certificates to trust, as PEM')
    .option('--error-on-empty', 'exit with 4 when there is nothing to upload')
    .addHelpText('after', EXAMPLES + EXIT_CODES)
    .action(upload)
}

const EXAMPLES = `
Examples:
  ruddle upload photos --to http://localhost:4001
  ruddle upload photos --to https://example.org/images --journal photos.journal --header-file secrets.txt
  ruddle upload photos --to http://localhost:4001 --include '*.jpg' --exclude 'drafts/**' --dry-run
  ruddle upload photos --to http://localhost:4001 --json > results.jsonl
`

const EXIT_CODES = `
Exit codes: 0 all uploaded, 1 some failed, 2 wrong usage, 3 the folder cannot be read, 4 nothing to upload (with
--error-on-empty), 5 all failed or the server refused everything, 130 and 143 after SIGINT and SIGTERM.
HTTP_PROXY, HTTPS_PROXY and NO_PROXY are honoured.`

async function upload(folder: string, flags: Flags, command: Command): Promise<void> {
  let ca: Buffer | undefined
  try {
    if (flags.cacert !== undefined) ca = readFileSync(flags.cacert)
  } catch (error) {
    command.error(`error: ${String(error)}`, { exitCode: 2 })
  }
  const proxy = proxyFor(flags.to, process.env)
  const transport = proxy === undefined ? socketTransport({ ca }) : httpTransport({ proxy, ca })
  const display = uploadDisplay(flags)
  let exitCode: number | undefined
  const running = uploadFolder(folder, { ...optionsOf(flags), transport })
  display.watch(running)
  const stopOn = (signal: NodeJS.Signals, code: number) => {
    const listener = (): void => {
      if (exitCode !== undefined) process.exit(code)
      exitCode = code
      running.abort(new Error(signal))
    }
    process.on(signal, listener)
    return () => process.removeListener(signal, listener)
  }
  const forget = [stopOn('SIGINT', 130), stopOn('SIGTERM', 143)]
  process.stdout.on('error', (error) => running.abort(error))
  try {
    for await (const result of running) await display.result(result)
    const summary = await running
    await display.summary(summary)
    exitCode ??= exitCodeOf(summary, flags)
  } catch (error) {
    exitCode ??= exitCodeOfError(error)
    if (error instanceof UploadError && error.summary) await display.summary(error.summary as UploadSummary)
    display.error(error)
  } finally {
    for (const stop of forget) stop()
    await transport.close()
  }
  process.exitCode = exitCode
}

function optionsOf(flags: Flags): UploadOptions {
  return {
    url: flags.to,
    concurrency: flags.concurrency,
    field: flags.field,
    headers: { ...flags.headerFile, ...flags.header },
    recursive: flags.recursive,
    include: flags.include,
    exclude: flags.exclude,
    hidden: flags.hidden,
    followSymlinks: flags.followSymlinks,
    sniff: flags.sniff,
    maxFileBytes: flags.maxSize,
    retry: flags.retries === undefined ? undefined : { attempts: flags.retries + 1 },
    journal: flags.journal,
    maxErrors: flags.maxErrors,
    dryRun: flags.dryRun,
  }
}

function exitCodeOf({ uploaded, failed, byReason }: UploadSummary, { errorOnEmpty, dryRun }: Flags): number {
  if (failed > 0) return uploaded === 0 || byReason['CIRCUIT_OPEN'] ? 5 : 1
  const selected = uploaded + (byReason['journal'] ?? 0) + ((dryRun && byReason['dry-run']) || 0)
  return errorOnEmpty && selected === 0 ? 4 : 0
}

function exitCodeOfError(error: unknown): number {
  if (error instanceof UploadError)
    return error.code === 'FOLDER_UNUSABLE' ? 3 : error.code.startsWith('JOURNAL') ? 2 : 1
  if (error instanceof TypeError || error instanceof RangeError) return 2
  throw error
}

function asUrl(text: string): URL {
  if (!URL.canParse(text)) throw new InvalidArgumentError('Expected a URL such as http://localhost:4001.')
  return new URL(text)
}

function asCountOrNone(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new InvalidArgumentError('Expected a whole number.')
  return Number(text)
}

function asCount(text: string): number {
  const count = asCountOrNone(text)
  if (count === 0) throw new InvalidArgumentError('Expected a whole number from 1.')
  return count
}

function asHeader(line: string, before: Record<string, string>): Record<string, string> {
  const colon = line.indexOf(':')
  if (colon < 1) throw new InvalidArgumentError("Expected 'Name: value'.")
  return { ...before, [line.slice(0, colon).trim()]: line.slice(colon + 1).trim() }
}

function asHeaderFile(file: string): Record<string, string> {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    throw new InvalidArgumentError(String(error))
  }
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== '' && !line.startsWith('#'))
  return lines.reduce((fields, line) => asHeader(line, fields), {})
}

function append(value: string, before: string[]): string[] {
  return [...before, value]
}
