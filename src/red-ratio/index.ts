/**
 * How much red is in an image, from its pixels: exact integer counts, no dependency, in Node and in browsers.
 * `redRatio` answers with a number from 0 to 1, `redRatioDetails` with the counts behind it and the id of the
 * definition, `createRedCounter` takes pixels piece by piece. What "red" means is a named definition (`area` unless
 * another is asked for). Files and streams are decoded by `ruddle/red-ratio/image`.
 * The guide: [How much red is in a picture](../../docs/red-ratio.md).
 * @module
 * @primaryExport
 */
export type { AreaOptions, RedDefinition } from './definition.ts'
export { area, excess, mean, oklch, share } from './definition.ts'
export type { PixelImage, Pixels, RedRatioOptions } from './layout.ts'
export type { RedCounter, RedRatioDetails } from './red-counter.ts'
export { createRedCounter } from './red-counter.ts'
export { redRatio, redRatioDetails } from './red-ratio.ts'
