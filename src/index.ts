/**
 * The main names of ruddle's five modules. Each module can be had alone: `ruddle/json-compare`, `ruddle/upload`,
 * `ruddle/profiling`, `ruddle/red-ratio`, `ruddle/red-stats`; what needs an optional package (sharp, chDB, ws, …) is
 * only there, so this entry loads none. Begin with the [quick start](../docs/quick-start.md).
 * @module ruddle
 */
export { jsonCompare, jsonDiff } from './json-compare/index.ts'
export { cacheProfile, profile, timeit } from './profiling/index.ts'
export { redRatio } from './red-ratio/index.ts'
export { localNotifier, memoryStore, RedStats } from './red-stats/index.ts'
export { uploadFolder } from './upload/index.ts'
