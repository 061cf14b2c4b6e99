import { writeFile } from 'node:fs/promises'
import cliProgress from 'cli-progress'
import { Command, InvalidArgumentError } from 'commander'
import {
  type Analysis,
  analyse,
  type CallTree,
  type CpuProfileFile,
  diff,
  findings,
  formatCurves,
  formatDiff,
  formatReport,
  LogError,
  profileTree,
  type Thresholds,
  timingTree,
  toDot,
  toFlameHtml,
  toFolded,
  toSpeedscope,
  toSvg,
  treeToSpeedscope,
} from '../profiling/analyse/index.ts'

/** `ruddle perf`: exit code 0 with an answer, 1 without (nothing to read, nothing found), 2 for wrong usage. */
export function perfCommand(): Command {
  // for wrong usage to be exit code 2, as of the other commands: what is added below inherits it
  const perf = new Command('perf')
    .exitOverride()
    .description('Read the logs of ruddle/profiling: what is slow, and what to do.')
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
  logArguments(perf.command('cache').description('what caches would save, by size and time to live'))
    .option('--fn <name>', 'only functions whose name contains this')
    .action((logs: string[], flags: LogFlags & { fn?: string }) =>
      answering(async () => {
        const { caches } = await read(logs, flags)
        const wanted = caches.filter(({ fn }) => fn.includes(flags.fn ?? ''))
        if (wanted.length === 0) throw new LogError('NO_LINES', 'no function with cacheProfile in these logs')
        return flags.json ? json(wanted) : wanted.map(formatCurves).join('\n\n')
      }),
    )
  for (const [name, { description, make }] of Object.entries(exportsByName)) {
    logArguments(perf.command(name).description(description))
      .option('-o, --output <file>', 'write to a file instead of the standard output')
      .option('--fn <name>', 'only CPU profiles of functions whose name contains this')
      .option('--timings', 'the call graph of timeit, even if there are CPU profiles')
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

interface DiffFlags {
  readonly runBefore?: string
  readonly runAfter?: string
  readonly json?: boolean
}

interface ExportFlags extends LogFlags {
  readonly output?: string
  readonly fn?: string
  readonly timings?: boolean
}

/** What an export is made of: CPU profiles where there are some, else the call graph of `timeit`. */
interface Material {
  readonly analysis: Analysis
  readonly profiles: readonly { readonly fn: string; readonly name: string; readonly profile: CpuProfileFile }[]
  readonly tree: CallTree
  readonly title: string
  readonly note: string
}

function chosen(analysis: Analysis, { fn = '', timings = false }: ExportFlags): Material {
  const profiles = analysis.profiles.flatMap((logged) => {
    const { profile } = logged
    if (profile === undefined || !logged.fn.includes(fn)) return []
    return [{ fn: logged.fn, name: `${logged.fn}, ${logged.ms.toFixed(0)} ms`, profile }]
  })
  if (!timings && profiles.length > 0) {
    const title = `${profiles.length} CPU profile${profiles.length === 1 ? '' : 's'}`
    return { analysis, profiles, tree: profileTree(profiles), title, note: 'Samples of V8; waiting is left out.' }
  }
  const note = 'Times of timeit; callees are shared out among their callers.'
  return { analysis, profiles, tree: timingTree(analysis), title: 'Timed functions', note }
}

const exportsByName: Record<
  string,
  { readonly description: string; make(material: Material, flags: ExportFlags): string | Promise<string> }
> = {
  flame: {
    description: 'a flame graph as one HTML file',
    make: ({ tree, title, note }, flags) => (flags.json ? json(tree) : toFlameHtml(tree, { title, note })),
  },
  speedscope: {
    description: 'a file for https://www.speedscope.app',
    make: ({ profiles, tree }, { timings }) =>
      JSON.stringify(profiles.length > 0 && !timings ? toSpeedscope(profiles) : treeToSpeedscope(tree)),
  },
  folded: {
    description: 'folded stacks for flamegraph.pl and the like',
    make: ({ tree }, flags) => (flags.json ? json(tree) : toFolded(tree)),
  },
  cpuprofile: {
    description: 'the slowest CPU profile, for Chrome DevTools and VS Code',
    make: ({ profiles }) => {
      const [slowest] = profiles
      if (slowest === undefined) {
        throw new LogError('NO_PROFILE', 'no complete CPU profile in these logs: put @profile on a handler')
      }
      return JSON.stringify(slowest.profile)
    },
  },
  dot: {
    description: 'the call graph for Graphviz; an SVG if FILE ends in .svg',
    make: ({ analysis }, flags) => {
      if (flags.json) return json(analysis.functions.map(({ fn, at, callees }) => ({ fn, at, callees })))
      return flags.output?.endsWith('.svg') ? toSvg(toDot(analysis)) : toDot(analysis)
    },
  },
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
