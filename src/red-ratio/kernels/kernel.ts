import type { ParsedDefinition } from '../definition.ts'
import type { Packed } from '../pack.ts'
import { areaKernel } from './area.ts'
import { oklchKernel } from './oklch.ts'
import { excessKernel, meanKernel, shareKernel } from './sums.ts'

/** What a block adds to the sums: integers below 2^53. */
export interface Tally {
  readonly red: number
  readonly weight: number
}

/** Counts one block: at least one whole pixel. */
export type Kernel = (block: Packed) => Tally

/** The function that counts blocks of packed pixels for a definition. */
export function kernelOf(definition: ParsedDefinition, depth: 8 | 16, channels: 3 | 4): Kernel {
  switch (definition.kind) {
    case 'area':
      return areaKernel(definition, depth, channels)
    case 'oklch':
      return oklchKernel(depth, channels)
    case 'excess':
      return excessKernel(depth, channels)
    case 'share':
      return shareKernel(channels)
    case 'mean':
      return meanKernel(depth, channels)
  }
}
