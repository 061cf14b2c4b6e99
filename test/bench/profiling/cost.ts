import { createHistogram, performance } from 'node:perf_hooks'
import { context, trace } from '@opentelemetry/api'
import { BasicTracerProvider } from '@opentelemetry/sdk-trace-base'
import { pino } from 'pino'
import prometheus from 'prom-client'
import { interleaved } from '../measure.ts'
import { createProfiler } from './built.ts'

type Callee = (a: number, b: number) => number

/** Each measured function has a callee and a loop of its own: shared ones would be compiled for all alike. */
const callee = (): Callee => new Function('a', 'b', 'return (a * 31 + b) | 0') as Callee
const loop = (): ((fn: Callee, calls: number) => number) =>
  new Function('fn', 'calls', 'let s = 0; for (let i = 0; i < calls; i++) s = (s + fn(i, s)) | 0; return s') as never
const clockLoop = new Function('now', 'calls', 'let s = 0; for (let i = 0; i < calls; i++) s += now(); return s') as (
  now: () => number,
  calls: number,
) => number

/**
 * Many rounds of a third of a millisecond: a round that another process interrupts is then a rare outlier, even on a
 * machine that is busy.
 */
const ROUNDS = { rounds: 601, warmup: 150 }

/** Keys in an order without a pattern that a small cache could use. */
const keyed =
  (fn: Callee, keys: number): Callee =>
  (i) =>
    fn((i * 7919) % keys, 1)

/** Nanoseconds a call, by name, of synchronous calls. */
export async function syncCost(): Promise<Record<string, number>> {
  const { timeit, cacheProfile } = createProfiler({ sink: () => {}, flushMs: 3_600_000 })
  const now = performance.now.bind(performance)
  const histogram = new prometheus.Histogram({ name: 'call', help: 'call', labelNames: ['fn'], registers: [] })
  const tracer = new BasicTracerProvider({
    spanProcessors: [{ onStart() {}, onEnd() {}, forceFlush: async () => {}, shutdown: async () => {} }],
  }).getTracer('bench')
  const log = pino(pino.destination({ dest: '/dev/null', sync: true }))
  const [inHistogram, inSpan, inLog] = [callee(), callee(), callee()]

  const functions: Record<string, { fn: Callee; calls: number }> = {
    bare: { fn: callee(), calls: 20_000 },
    timeit: { fn: timeit('timed', callee()), calls: 3_000 },
    sampled: { fn: timeit({ name: 'sampled', sample: 64 })(callee()), calls: 10_000 },
    timerify: { fn: performance.timerify(callee(), { histogram: createHistogram() }), calls: 1_000 },
    'cacheProfile, 50 keys': { fn: keyed(cacheProfile('few', callee()), 50), calls: 1_000 },
    'cacheProfile, 20,000 keys': { fn: keyed(cacheProfile('many', callee()), 20_000), calls: 1_000 },
    'prom-client': {
      calls: 400,
      fn: (a, b) => {
        const start = now()
        const result = inHistogram(a, b)
        histogram.observe({ fn: 'call' }, (now() - start) / 1000)
        return result
      },
    },
    OpenTelemetry: {
      calls: 100,
      fn: (a, b) => {
        const span = tracer.startSpan('call', {}, context.active())
        try {
          return context.with(trace.setSpan(context.active(), span), inSpan, undefined, a, b)
        } finally {
          span.end()
        }
      },
    },
    pino: {
      calls: 100,
      fn: (a, b) => {
        const start = now()
        const result = inLog(a, b)
        log.info({ fn: 'call', ms: now() - start }, 'call')
        return result
      },
    },
  }
  const cases = Object.fromEntries(
    Object.entries(functions).map(([name, { fn, calls }]) => {
      const run = loop()
      return [name, () => run(fn, calls)]
    }),
  )
  const times = await interleaved({ ...cases, clock: () => clockLoop(now, 5_000) }, ROUNDS)
  return Object.fromEntries(
    Object.entries(times).map(([name, ms]) => [name, (ms * 1e6) / (functions[name]?.calls ?? 5_000)]),
  )
}

/** Nanoseconds an awaited call. */
export async function asyncCost(): Promise<Record<string, number>> {
  const { timeit } = createProfiler({ sink: () => {}, flushMs: 3_600_000 })
  const make = () => async (a: number) => a + 1
  const CALLS = 1_000
  const functions = {
    bare: make(),
    timeit: timeit('later', make()),
    timerify: performance.timerify(make(), { histogram: createHistogram() }),
  }
  const cases = Object.fromEntries(
    Object.entries(functions).map(([name, fn]) => {
      const AsyncFunction = (async () => {}).constructor as FunctionConstructor
      const run = new AsyncFunction(
        'fn',
        'calls',
        'let s = 0; for (let i = 0; i < calls; i++) s += await fn(i); return s',
      )
      return [name, () => run(fn, CALLS)]
    }),
  )
  const times = await interleaved(cases, ROUNDS)
  return Object.fromEntries(Object.entries(times).map(([name, ms]) => [name, (ms * 1e6) / CALLS]))
}
