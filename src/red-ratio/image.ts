/**
 * How much red is in an image file or stream: decodes with sharp (an optional peer: `npm i sharp`), counts with
 * `ruddle/red-ratio`.
 * @module
 */
export { RedRatioError, type RedRatioErrorCode } from './image/red-ratio-error.ts'
export { type RedRatioOfOptions, redRatioOf } from './image/red-ratio-of.ts'
export type { ImageSource } from './image/source.ts'
