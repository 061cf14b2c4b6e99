import type { Analysis } from './analyse.ts'
import type { FunctionTimes } from './function-times.ts'
import { type Finding, findings, type Thresholds, type Verdict } from './verdict.ts'
import { duration, group, percent, span } from './wording.ts'

/**
 * The report as text: the answer first, then the numbers it rests on.
 *
 * @example
 * ```ts
 * import { createProfiler } from 'ruddle/profiling'
 * import { analyse, formatReport } from 'ruddle/profiling/analyse'
 *
 * const lines: string[] = []
 * let ms = 0 // a clock that stands still but for the work
 * const profiler = createProfiler({ sink: (line) => lines.push(`${line}\n`), now: () => ms })
 * const price = profiler.timeit('price', () => void (ms += 20))
 * profiler.timeit('order', () => price())()
 * profiler.close()
 * const report = formatReport(await analyse([lines]), { slowMs: 15 })
 * report.includes('1. `price` takes 100 % of all self time (20.0 ms, 1 call, p99 20.0 ms)') // => true
 * ```
 */
export function formatReport(analysis: Analysis, thresholds: Thresholds = {}): string {
  const found = findings(analysis, thresholds)
  return [
    header(analysis),
    '',
    ...(found.length > 0 ? found.map(sentence) : ['Nothing stands out.']),
    '',
    ...functionTable(analysis.functions),
    ...slowCalls(analysis),
    ...profileList(analysis),
  ].join('\n')
}

function header({ log }: Analysis): string {
  const parts = [
    `${date(log.from)} to ${date(log.to)}`,
    plural(log.processes, 'process', 'processes'),
    ...(log.runs.length > 0 ? [`${log.runs.length > 1 ? 'deploys' : 'deploy'} ${log.runs.join(', ')}`] : []),
    `CPU ${duration(log.cpuMs)}`,
    `${group(log.perfLines)} of ${group(log.lines)} lines`,
  ]
  const troubles = [
    log.lost > 0 && `${group(log.lost)} profiling lines are missing: all sums are too low`,
    log.unwritten > 0 && `${group(log.unwritten)} lines were not taken by the sink`,
    log.doubled > 0 && `${group(log.doubled)} doubled lines were counted once`,
    log.invalid > 0 && `${group(log.invalid)} lines have another form or version`,
    log.dropped > 0 && `${group(log.dropped)} functions were beyond maxFunctions`,
    log.damaged.length > 0 && `damaged: ${log.damaged.join(', ')}`,
  ].filter((trouble) => trouble !== false)
  return [parts.join(' · '), ...troubles.map((trouble) => `! ${trouble}`)].join('\n')
}

function sentence(finding: Finding, i: number): string {
  const { fn, at, times, cache, share, isBound, verdicts } = finding
  const facts = times
    ? `${duration(times.selfMs)}, ${plural(times.calls, 'call')}, p99 ${duration(times.p99)}`
    : `${duration(cache?.sumMs ?? 0)}, ${plural(cache?.calls ?? 0, 'call')}`
  const bound = isBound ? '≤ ' : ''
  const of = isBound ? 'the self time of asynchronous functions' : 'all self time'
  const [first, ...others] = verdicts.map((verdict) => advice(verdict, finding))
  const lines = [`${i + 1}. \`${fn}\` takes ${bound}${percent(share)} of ${of} (${facts}): ${first}`]
  for (const other of others) lines.push(`   Also: ${other}`)
  lines.push(`   at ${at || 'an unknown place'}`)
  return lines.join('\n')
}

function advice(verdict: Verdict, { cache }: Finding): string {
  switch (verdict.kind) {
    case 'cache': {
      const { size, ttl, savesMs } = verdict
      const changed = cache?.checked
        ? `${group(cache.changed)} of ${group(cache.checked)} repeats had changed.`
        : 'No result could be compared.'
      const live = ttl ? ` With a time to live of ${span(ttl.at)}, ${percent(ttl.hitRate)} would hit.` : ''
      const single =
        cache && cache.duplicates > 0
          ? ` ${group(cache.duplicates)} calls began while the same one was in flight: let them share its promise.`
          : ''
      return `cache it. An LRU of ${group(size.at)} would hit ${percent(size.hitRate)} and save ${duration(savesMs)}. ${changed}${live}${single}`
    }
    case 'do not cache':
      return `do not cache it: ${verdict.reason}.`
    case 'called too often':
      return `called too often. \`${verdict.caller}\` calls it ${rate(verdict.callsPerCall)} times a call; once would save up to ${duration(verdict.savesMs)}.`
    case 'slow':
      return `slow per call (p99 ${duration(verdict.p99)}). Making it faster would save up to ${duration(verdict.savesMs)}.`
    case 'errors':
      return `${percent(verdict.rate)} of the calls fail (${group(verdict.errors)}).`
    case 'blocks':
      return `blocks the event loop: ${duration(verdict.syncP99)} at a time (p99).`
  }
}

function functionTable(functions: readonly FunctionTimes[]): string[] {
  if (functions.length === 0) return []
  const rows = functions.map((times) => [
    times.fn,
    group(times.calls),
    `${times.selfIsBound ? '≤ ' : ''}${duration(times.selfMs)}`,
    duration(times.sumMs),
    duration(times.p50),
    duration(times.p99),
    duration(times.maxMs),
    times.errors > 0 ? group(times.errors) : '',
    times.at,
  ])
  return textTable(['function', 'calls', 'self', 'total', 'p50', 'p99', 'max', 'errors', 'at'], rows)
}

function slowCalls({ slowCalls }: Analysis): string[] {
  if (slowCalls.length === 0) return []
  const rows = slowCalls.map(({ fn, calls, maxMs, at }) => [fn, group(calls), duration(maxMs), at])
  return ['', ...textTable(['slow calls', 'calls', 'slowest', 'at'], rows)]
}

function profileList({ profiles }: Analysis): string[] {
  if (profiles.length === 0) return []
  const lines = profiles.slice(0, 5).map(({ fn, ms, start, overlap, profile, cut, top }) => {
    const notes = [
      overlap > 0 && `${plural(overlap, 'other call')} at the same time, their work is in it`,
      cut && 'ended before the call did',
      profile === undefined && 'pieces are missing, only the summary is left',
    ].filter((note) => note !== false)
    const head = `${fn}, ${duration(ms)}, ${date(start)}${notes.length > 0 ? ` (${notes.join('; ')})` : ''}`
    return [
      head,
      ...top.slice(0, 5).map(([name, at, self]) => `    ${duration(self).padStart(8)}  ${name}  ${at}`),
    ].join('\n')
  })
  return ['', `CPU profiles: ${profiles.length}, the slowest first; \`ruddle perf flame\` draws them`, ...lines]
}

/** Columns of text: the first and last to the left, numbers to the right. */
export function textTable(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const widths = head.map((title, i) => Math.max(title.length, ...rows.map((row) => row[i]?.length ?? 0)))
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, i) => (i === 0 || i === cells.length - 1 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!)))
      .join('  ')
      .trimEnd()
  return [line(head), ...rows.map(line)]
}

function date(ms: number): string {
  return new Date(ms)
    .toISOString()
    .replace('T', ' ')
    .replace(/\.\d+Z$/, ' UTC')
}

function plural(count: number, one: string, many = `${one}s`): string {
  return `${group(count)} ${count === 1 ? one : many}`
}

function rate(value: number): string {
  return value >= 100 ? group(value) : value.toFixed(1).replace(/\.0$/, '')
}
