/**
 * `timeit`, `cacheProfile` and `profile`: decorators for a server of which only the logs come back. They work as
 * standard decorators, as legacy decorators and as plain wrappers, need nothing but Node, and write one JSON line per
 * function and interval. `ruddle/profiling/analyse` and `ruddle perf` turn those lines into an answer.
 * The guide: [Profiling a server of which only the log comes back](../../docs/profiling.md).
 *
 * @module
 * @primaryExport
 */
export type { CacheProfileOptions } from './cache-profile.ts'
export type { AnyFunction, Decorate, Decorator } from './decorator-types.ts'
export { cacheProfile, configure, flush, profile, timeit } from './default-profiler.ts'
export type {
  CacheLine,
  CpuLine,
  Edge,
  FunctionHead,
  LineHead,
  PackedProfile,
  PerfLine,
  ProcessLine,
  SlowLine,
  TimeitLine,
} from './log-line.ts'
export type { ProfilerOptions } from './options.ts'
export type { ProfileOptions } from './profile.ts'
export { createProfiler, type Profiler } from './profiler.ts'
export type { Sink } from './sink.ts'
export type { TimeitOptions } from './timeit.ts'
