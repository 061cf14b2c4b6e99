/**
 * Are two JSON values equal, floats to 5 decimal places, and if not, where do they differ?
 *
 * {@link jsonCompare} answers yes or no and stops at the first difference; {@link jsonDiff} lists every difference with
 * its JSON Pointer; {@link createJsonComparer} compiles the options once for many comparisons. All of them survive
 * cyclic, shared and a million levels deep values. The guide: [Comparing JSON](../../docs/json-compare.md).
 *
 * @module
 * @primaryExport
 */
export { jsonCompare } from './compare.ts'
export { createJsonComparer, type JsonComparer } from './comparer.ts'
export { firstDifference, jsonDiff } from './diff.ts'
export type { JsonDifference } from './difference.ts'
export { formatDifferences } from './format.ts'
export type { ArrayOrder, JsonCompareOptions, JsonDiffOptions, JsonOverride, NumberTolerance } from './options.ts'
export { type JsonPatchOperation, toJsonPatch } from './patch.ts'
