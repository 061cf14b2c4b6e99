import { table } from './measure.ts'
import { curveErrors, quantileErrors } from './profiling/accuracy.ts'
import { asyncCost, syncCost } from './profiling/cost.ts'
import { emptyProfiles, profiledHandler } from './profiling/handler.ts'

export default async function profiling(): Promise<string> {
  const later = await asyncCost() // before OpenTelemetry, whose context may make every await slower
  const handler = await profiledHandler() // before there is more in the heap, see `emptyProfiles`
  const sync = await syncCost()
  const quantiles = await quantileErrors()
  const curves = await curveErrors()

  const twoReads = 2 * sync['clock']!
  const added = (name: string) => sync[name]! - sync['bare']!
  const addedLater = (name: string) => later[name]! - later['bare']!
  const cached = Math.max(sync['cacheProfile, 50 keys']!, sync['cacheProfile, 20,000 keys']!)
  const largest = Math.max(...Object.values(curves).map(({ largest }) => largest))
  const rows: [what: string, figure: number, must: number, goal: number, unit: string][] = [
    ['cost a sync timeit call adds / two `performance.now()` reads', added('timeit') / twoReads, 1.5, 1.15, ''],
    ['the same / `performance.timerify` with histogram', added('timeit') / added('timerify'), 0.5, 0.35, ''],
    ['async: cost added / what timerify adds', addedLater('timeit') / addedLater('timerify'), 0.4, 0.23, ''],
    ['sampled 1/64 / two clock reads', added('sampled') / twoReads, 0.4, 0.2, ''],
    ['quantile error (p50, p90, p99; four distributions)', 100 * Math.max(...Object.values(quantiles)), 3, 1.5, ' %'],
    ['miss-ratio curve, largest error, six loads, sizes 1 to 65,536', largest, 2.5, 1.6, ' points'],
    ['cacheProfile a call, integer keys (the dearer of the two below)', cached / 1000, 1, 0.4, ' µs'],
    [
      `handler of ${Math.round(handler.ms)} ms slowed by \`profile\` at 1 ms sampling`,
      handler.slowdown,
      1.05,
      1.02,
      '',
    ],
    ['its profile in the log', handler.bytes / 1024, 8, 5, ' KB'],
  ]
  const verdict = (figure: number, must: number, goal: number) =>
    figure <= goal ? 'goal met' : figure <= must ? 'must met' : '**missed**'
  const others = [
    'timeit',
    'sampled',
    'cacheProfile, 50 keys',
    'cacheProfile, 20,000 keys',
    'timerify',
    'prom-client',
    'OpenTelemetry',
    'pino',
  ]
  const names: Record<string, string> = {
    timeit: '`timeit`',
    sampled: '`timeit`, sample 64',
    'cacheProfile, 50 keys': '`cacheProfile`, 50 keys of two integers',
    'cacheProfile, 20,000 keys': '`cacheProfile`, 20,000 keys of two integers',
    timerify: '`performance.timerify` with histogram',
    'prom-client': 'prom-client histogram with a label',
    OpenTelemetry: 'OpenTelemetry span, no exporter',
    pino: 'a pino line per call, to /dev/null',
  }
  return [
    table(
      ['what', 'measured', 'must', 'goal', ''],
      rows.map(([what, figure, must, goal, unit]) => [
        what,
        `${figure.toFixed(2)}${unit}`,
        `${must}${unit}`,
        `${goal}${unit}`,
        verdict(figure, must, goal),
      ]),
    ),
    'What a call costs, of a function that takes next to no time itself:',
    table(
      ['', 'added / two clock reads', 'added / timeit'],
      others.map((name) => [
        names[name]!,
        (added(name) / twoReads).toFixed(2),
        (added(name) / added('timeit')).toFixed(2),
      ]),
    ),
    `Two clock reads took ${twoReads.toFixed(0)} ns, an awaited call ${later['bare']!.toFixed(0)} ns, with \`timeit\` ${later['timeit']!.toFixed(0)}, with timerify ${later['timerify']!.toFixed(0)}.`,
    'V8 looks through the heap when its profiler starts, which blocks. A profile of a function that does nothing:',
    table(
      ['live heap', 'blocks for'],
      emptyProfiles().map(([megabytes, ms]) => [`${megabytes.toFixed(0)} MB`, `${ms.toFixed(0)} ms`]),
    ),
    'Miss-ratio curves, 300,000 calls each, against a real LRU cache of every size:',
    table(
      ['load', 'largest error', 'mean error'],
      Object.entries(curves).map(([name, { largest, mean }]) => [
        name,
        `${largest.toFixed(2)} points`,
        `${mean.toFixed(2)} points`,
      ]),
    ),
  ].join('\n\n')
}
