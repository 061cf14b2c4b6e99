/**
 * How much red is in an image file or stream: decodes with sharp (an optional peer: `npm i sharp`), counts with
 * `ruddle/red-ratio`. `redRatioOf` measures one image, `redRatioBatch` many; what cannot be measured is a
 * `RedRatioError` with a code. Colour profiles are honoured, sizes are limited, memory can be bounded.
 * The guide: [How much red is in a picture, files and streams](../../docs/red-ratio.md#files-and-streams).
 * @module
 */
export type { RedRatioOfOptions } from './image/options.ts'
export { type RedRatioBatchOptions, type RedRatioOutcome, redRatioBatch } from './image/red-ratio-batch.ts'
export { RedRatioError, type RedRatioErrorCode } from './image/red-ratio-error.ts'
export { redRatioOf } from './image/red-ratio-of.ts'
export type { ImageSource } from './image/source.ts'
