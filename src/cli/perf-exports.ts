import {
  type Analysis,
  type CallTree,
  type CpuProfileFile,
  LogError,
  profileTree,
  timingTree,
  toDot,
  toFlameHtml,
  toFolded,
  toSpeedscope,
  toSvg,
  treeToSpeedscope,
} from '../profiling/analyse/index.ts'

export interface LogFlags {
  readonly run?: string
  readonly json?: boolean
}

export interface ExportFlags extends LogFlags {
  readonly output?: string
  readonly fn?: string
  readonly timings?: boolean
}

/** What an export is made of: CPU profiles where there are some, else the call graph of `timeit`. */
export interface Material {
  readonly analysis: Analysis
  readonly profiles: readonly { readonly fn: string; readonly name: string; readonly profile: CpuProfileFile }[]
  readonly tree: CallTree
  readonly title: string
  readonly note: string
}

export function chosen(analysis: Analysis, { fn = '', timings = false }: ExportFlags): Material {
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

export const exportsByName: Record<
  string,
  {
    readonly description: string
    /** What may follow the log on a command line. */
    readonly example: string
    make(material: Material, flags: ExportFlags): string | Promise<string>
  }
> = {
  flame: {
    description: 'a flame graph as one HTML file',
    example: '-o flame.html',
    make: ({ tree, title, note }, flags) => (flags.json ? json(tree) : toFlameHtml(tree, { title, note })),
  },
  speedscope: {
    description: 'a file for https://www.speedscope.app',
    example: '-o speedscope.json',
    make: ({ profiles, tree }, { timings }) =>
      JSON.stringify(profiles.length > 0 && !timings ? toSpeedscope(profiles) : treeToSpeedscope(tree)),
  },
  folded: {
    description: 'folded stacks for flamegraph.pl and the like',
    example: '| flamegraph.pl > flame.svg',
    make: ({ tree }, flags) => (flags.json ? json(tree) : toFolded(tree)),
  },
  cpuprofile: {
    description: 'the slowest CPU profile, for Chrome DevTools and VS Code',
    example: '--fn order -o order.cpuprofile',
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
    example: '-o calls.svg',
    make: ({ analysis }, flags) => {
      if (flags.json) return json(analysis.functions.map(({ fn, at, callees }) => ({ fn, at, callees })))
      return flags.output?.endsWith('.svg') ? toSvg(toDot(analysis)) : toDot(analysis)
    },
  },
}

export function json(value: unknown): string {
  return JSON.stringify(value, undefined, 2)
}
