import type { Analysis } from './analyse.ts'
import type { FunctionTimes } from './function-times.ts'
import { LogError } from './log-error.ts'
import { duration, group, percent } from './wording.ts'

export interface CallGraphOptions {
  /** Functions with less than this share of the time are left out, 0 to 1. @default 0.005 */
  readonly least?: number
}

/**
 * The call graph as Graphviz's DOT: a box a function, red where the self time is, as gprof2dot draws it.
 *
 * @example
 * ```ts
 * import { createProfiler } from 'ruddle/profiling'
 * import { analyse, toDot } from 'ruddle/profiling/analyse'
 *
 * const lines: string[] = []
 * let ms = 0 // a clock that stands still but for the work
 * const profiler = createProfiler({ sink: (line) => lines.push(`${line}\n`), now: () => ms })
 * const price = profiler.timeit('price', () => void (ms += 20))
 * profiler.timeit('order', () => price())()
 * profiler.close()
 * const dot = toDot(await analyse([lines]))
 * dot.includes('self 20.0 ms (100 %)') // => true
 * ```
 */
export function toDot({ functions }: Pick<Analysis, 'functions'>, { least = 0.005 }: CallGraphOptions = {}): string {
  const whole = Math.max(1e-9, ...functions.map(({ sumMs }) => sumMs))
  const self = Math.max(
    1e-9,
    functions.reduce((sum, { selfMs }) => sum + selfMs, 0),
  )
  const shown = functions.filter(({ sumMs, selfMs }) => sumMs / whole >= least || selfMs / self >= least)
  const ids = new Map(shown.map((times, i) => [key(times), `f${i}`]))
  const nodes = shown.map((times) => {
    const share = times.selfMs / self
    const text = [
      times.fn,
      `self ${times.selfIsBound ? '≤ ' : ''}${duration(times.selfMs)} (${percent(share)})`,
      `total ${duration(times.sumMs)}`,
      `${group(times.calls)} × p50 ${duration(times.p50)}`,
    ]
    const font = share > 0.3 ? ', fontcolor="#ffffff"' : ''
    return `  ${ids.get(key(times))} [label=${quote(text)}, tooltip=${quote([times.at])}, fillcolor="${colour(share)}"${font}]`
  })
  const edges = shown.flatMap((caller) =>
    caller.callees
      .filter((callee) => ids.has(key(callee)) && callee.calls > 0)
      .map((callee) => {
        const width = (1 + 4 * Math.min(1, callee.ms / whole)).toFixed(1)
        const label = quote([`${group(callee.calls)} ×`, duration(callee.ms)])
        return `  ${ids.get(key(caller))} -> ${ids.get(key(callee))} [label=${label}, penwidth=${width}]`
      }),
  )
  return [
    'digraph calls {',
    '  node [shape=box, style="filled,rounded", fontname="Helvetica,Arial,sans-serif", margin="0.25,0.1", fontsize=11, color="#999999"]',
    '  edge [fontname="Helvetica,Arial,sans-serif", fontsize=9, color="#666666"]',
    ...nodes,
    ...edges,
    '}',
    '',
  ].join('\n')
}

/**
 * Renders DOT with the optional package `@viz-js/viz`.
 *
 * @returns the text of an SVG file
 * @throws LogError with code `MISSING_PEER` if the package is not installed; Error for text that is no DOT
 *
 * @example
 * ```ts
 * import { toSvg } from 'ruddle/profiling/analyse'
 *
 * const svg = await toSvg('digraph { order -> price }') // or what `toDot` gives
 * svg.includes('order&#45;&gt;price') // => true
 * ```
 */
export async function toSvg(dot: string): Promise<string> {
  const { instance } = await import('@viz-js/viz').catch((cause: unknown) => {
    throw new LogError('MISSING_PEER', 'An SVG needs the package @viz-js/viz: npm i @viz-js/viz', { cause })
  })
  const viz = await instance()
  return viz.renderString(dot, { format: 'svg' })
}

/** From pale to the red of iron oxide. */
function colour(share: number): string {
  const heat = Math.min(1, Math.sqrt(share))
  const mix = (from: number, to: number) =>
    Math.round(from + (to - from) * heat)
      .toString(16)
      .padStart(2, '0')
  return `#${mix(0xfa, 0xb0)}${mix(0xf6, 0x30)}${mix(0xf2, 0x1c)}`
}

function quote(lines: readonly string[]): string {
  return `"${lines.map((line) => line.replace(/[\\"]/g, '\\$&').replace(/[\r\n]/g, ' ')).join('\\n')}"`
}

function key({ fn, at }: Pick<FunctionTimes, 'fn' | 'at'>): string {
  return `${fn}\n${at}`
}
