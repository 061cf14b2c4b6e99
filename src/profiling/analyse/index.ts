/**
 * Reads the logs that `ruddle/profiling` wrote, on the developer's machine: `analyse` adds the lines up, `findings` and
 * `formatReport` say what should be done, the rest turns CPU profiles and call graphs into files for viewers.
 * The guide: [Profiling, read the answer](../../../docs/profiling.md#2-read-the-answer).
 *
 * @module
 */
export { type Analysis, analyse, type SlowCalls } from './analyse.ts'
export type { CurvePoint } from './cache-curve.ts'
export { formatCurves } from './cache-text.ts'
export type { CacheUse } from './cache-use.ts'
export { type CallGraphOptions, toDot, toSvg } from './call-graph.ts'
export { type CallTree, profileTree, timingTree, toFolded } from './call-tree.ts'
export { type Diff, diff, type FunctionChange, formatDiff, type PerRequest } from './diff.ts'
export { type FlameGraphOptions, toFlameHtml } from './flame-graph.ts'
export type { Callee, FunctionTimes } from './function-times.ts'
export { LogError, type LogErrorCode } from './log-error.ts'
export type { LogSource } from './log-source.ts'
export type { LoggedProfile } from './logged-profiles.ts'
export type { LogHealth, ReadOptions } from './read-log.ts'
export { formatReport } from './report-text.ts'
export { type SpeedscopeFile, toSpeedscope, treeToSpeedscope } from './speedscope.ts'
export type { CpuProfileFile, ProfileNode } from './unpack-profile.ts'
export { type Finding, findings, type Thresholds, type Verdict } from './verdict.ts'
