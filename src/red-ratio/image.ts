/**
 * How much red is in an image file or stream: decodes with sharp (an optional peer: `npm i sharp`), counts with
 * `ruddle/red-ratio`.
 * @module
 */
export { type RedErrorCode, RedRatioError } from './image/red-ratio-error.ts'
export { type RedRatioOfOptions, redRatioOf } from './image/red-ratio-of.ts'
