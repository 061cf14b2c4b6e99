import { writeFile } from 'node:fs/promises'
import cliProgress from 'cli-progress'
import { Command, InvalidArgumentError } from 'commander'
import {
  type Analysis,
  analyse,
  diff,
  findings,
  formatCurves,
  formatDiff,
  formatReport,
  LogError,
  type Thresholds,
} from '../profiling/analyse/index.ts'
import { chosen, type ExportFlags, exportsByName, json, type LogFlags } from './perf-exports.ts'

/** `ruddle perf`: exit code 0 with an answer, 1 without (nothing to read, nothing found), 2 for wrong usage. */
export function perfCommand(): Command {
  // for wrong usage to be exit code 2, as of the other commands: what is added below inherits it
  const perf = new Command('perf')
    .exitOverride()
    .description('Read the logs of ruddle/profiling: what is slow, and what to do.')
    .addHelpText('after', EXAMPLES)
  const report = perf.command('report').description('what should be done, then the table of functions')
  logArguments(report)
    .option('--slow-ms <ms>', 'slow: p99 of at least this (default 10)', toNumber)
    .option('--share <percent>', 'of the time at least, to be worth a word (default 5)', toNumber)
    .option('--calls <n>', 'too often: calls per call of the caller (default 10)', toNumber)
    .option('--changed <percent>', 'not to be cached: repeats that had changed (default 1)', toNumber)
    .option('--errors <percent>', 'errors: calls that fail (default 1)', toNumber)
    .option('--blocks-ms <ms>', 'blocks the event loop: p99 on the stack (default 50)', toNumber)
    .addHelpText(
      'after',
      examples('report server.log', 'report logs/ --run build-41 --slow-ms 50', 'report - < server.log'),
    )
    .action((logs: string[], flags: ReportFlags) =>
      answering(async () => {
        const analysis = await read(logs, flags)
        const thresholds = thresholdsOf(flags)
        return flags.json
          ? json({ findings: findings(analysis, thresholds), ...analysis })
          : formatReport(analysis, thresholds)
      }),
    )
  logArguments(perf.command('cache').description('what caches would save, by size and time to live'))
    .option('--fn <name>', 'only functions whose name contains this')
    .addHelpText('after', examples('cache server.log', 'cache server.log --fn Prices --json'))
    .action((logs: string[], flags: LogFlags & { fn?: string }) =>
      answering(async () => {
        const { caches } = await read(logs, flags)
        const wanted = caches.filter(({ fn }) => fn.includes(flags.fn ?? ''))
        if (wanted.length === 0) throw new LogError('NO_LINES', 'no function with cacheProfile in these logs')
        return flags.json ? json(wanted) : wanted.map(formatCurves).join('\n\n')
      }),
    )
  for (const [name, { description, example, make }] of Object.entries(exportsByName)) {
    logArguments(perf.command(name).description(description))
      .option('-o, --output <file>', 'write to a file instead of the standard output')
      .option('--fn <name>', 'only CPU profiles of functions whose name contains this')
      .option('--timings', 'the call graph of timeit, even if there are CPU profiles')
      .addHelpText('after', examples(`${name} server.log`, `${name} server.log ${example}`))
      .action((logs: string[], flags: ExportFlags) =>
        answering(async () => {
          const made = await make(chosen(await read(logs, flags), flags), flags)
          if (flags.output === undefined) return made
          await writeFile(flags.output, made)
          return `${flags.output} written`
        }),
      )
  }
  perf
    .command('diff')
    .description('what a deploy changed: times per request before and after')
    .argument('<before>', 'file or folder')
    .argument('<after>', 'file or folder')
    .option('--run-before <run>', 'only lines of this deploy before')
    .option('--run-after <run>', 'only lines of this deploy after')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      examples('diff first.log mended.log', 'diff server.log server.log --run-before build-41 --run-after build-42'),
    )
    .action((before: string, after: string, flags: DiffFlags) =>
      answering(async () => {
        const changes = diff(
          await read([before], { ...(flags.runBefore !== undefined && { run: flags.runBefore }) }),
          await read([after], { ...(flags.runAfter !== undefined && { run: flags.runAfter }) }),
        )
        return flags.json ? json(changes) : formatDiff(changes)
      }),
    )
  return perf
}

function examples(...commands: readonly string[]): string {
  return `\nExamples:\n${commands.map((command) => `  ruddle perf ${command}`).join('\n')}`
}

const EXAMPLES = `${examples('report server.log', 'flame server.log -o flame.html', 'diff first.log mended.log')}

Exit codes: 0 an answer, 1 none (nothing to read, nothing found), 2 wrong usage.`

interface DiffFlags {
  readonly runBefore?: string
  readonly runAfter?: string
  readonly json?: boolean
}

interface ReportFlags extends LogFlags {
  readonly slowMs?: number
  readonly share?: number
  readonly calls?: number
  readonly changed?: number
  readonly errors?: number
  readonly blocksMs?: number
}

function thresholdsOf({ slowMs, share, calls, changed, errors, blocksMs }: ReportFlags): Thresholds {
  return {
    ...(slowMs !== undefined && { slowMs }),
    ...(share !== undefined && { share: share / 100 }),
    ...(calls !== undefined && { callsPerCall: calls }),
    ...(changed !== undefined && { changed: changed / 100 }),
    ...(errors !== undefined && { errors: errors / 100 }),
    ...(blocksMs !== undefined && { blocksMs }),
  }
}

function logArguments(command: Command): Command {
  return command
    .argument('<logs...>', 'files, folders, .gz; - is the standard input')
    .option('--run <run>', 'only lines of this deploy')
    .option('--json', 'print JSON')
}

async function read(logs: readonly string[], { run }: LogFlags): Promise<Analysis> {
  const bar = progressBar()
  try {
    return await analyse(logs, {
      ...(run !== undefined && { run }),
      onProgress: (bytes, total) => bar?.update(bytes, total),
    })
  } finally {
    bar?.stop()
  }
}

/** On a terminal, and only when reading takes long enough to wonder. */
function progressBar(): { update(bytes: number, total: number | undefined): void; stop(): void } | undefined {
  if (!process.stderr.isTTY) return undefined
  const format = '{bar} {percentage} % of {megabytes} MB'
  const bar = new cliProgress.SingleBar({ format, stream: process.stderr, clearOnComplete: true })
  const started = performance.now()
  let shown = false
  return {
    update(bytes, total) {
      if (total === undefined || performance.now() - started < 500) return
      const payload = { megabytes: Math.round(total / 1e6) }
      if (shown) bar.update(bytes, payload)
      else bar.start(total, bytes, payload)
      shown = true
    },
    stop() {
      if (shown) bar.stop()
    },
  }
}

async function answering(answer: () => Promise<string>): Promise<void> {
  try {
    console.log(await answer())
  } catch (error) {
    if (!(error instanceof LogError) && !isSystemError(error)) throw error
    console.error(`ruddle perf: ${error.message}`)
    process.exitCode = 1
  }
}

function isSystemError(error: unknown): error is Error {
  return error instanceof Error && 'syscall' in error
}

function toNumber(text: string): number {
  const value = Number(text)
  if (text.trim() === '' || !(value >= 0)) throw new InvalidArgumentError('Expected a number from 0.')
  return value
}
