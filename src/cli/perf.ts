import cliProgress from 'cli-progress'
import { Command, InvalidArgumentError } from 'commander'
import {
  type Analysis,
  analyse,
  findings,
  formatReport,
  LogError,
  type Thresholds,
} from '../profiling/analyse/index.ts'

/** `ruddle perf`: exit code 0 with an answer, 1 without (nothing to read, nothing found), 2 for wrong usage. */
export function perfCommand(): Command {
  const perf = new Command('perf').description('Read the logs of ruddle/profiling: what is slow, and what to do.')
  const report = perf.command('report').description('what should be done, then the table of functions')
  logArguments(report)
    .option('--slow-ms <ms>', 'slow: p99 of at least this (default 10)', toNumber)
    .option('--share <percent>', 'of the time at least, to be worth a word (default 5)', toNumber)
    .option('--calls <n>', 'too often: calls per call of the caller (default 10)', toNumber)
    .option('--changed <percent>', 'not to be cached: repeats that had changed (default 1)', toNumber)
    .option('--errors <percent>', 'errors: calls that fail (default 1)', toNumber)
    .option('--blocks-ms <ms>', 'blocks the event loop: p99 on the stack (default 50)', toNumber)
    .action((logs: string[], flags: ReportFlags) =>
      answering(async () => {
        const analysis = await read(logs, flags)
        const thresholds = thresholdsOf(flags)
        return flags.json
          ? json({ findings: findings(analysis, thresholds), ...analysis })
          : formatReport(analysis, thresholds)
      }),
    )
  return perf
}

interface LogFlags {
  readonly run?: string
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

function json(value: unknown): string {
  return JSON.stringify(value, undefined, 2)
}

function toNumber(text: string): number {
  const value = Number(text)
  if (text.trim() === '' || !(value >= 0)) throw new InvalidArgumentError('Expected a number from 0.')
  return value
}
