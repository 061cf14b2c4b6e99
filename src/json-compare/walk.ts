import type { Compiled, Rules } from './compile.ts'
import { type FastRun, fastEqual } from './equal.ts'
import { createMemory, type Memory } from './memory.ts'
import type { Pair } from './pair.ts'
import type { PathState } from './path-state.ts'

/** One thorough comparison under way: one that knows every option, any depth and any size. */
export interface Walk {
  readonly compiled: Compiled
  readonly fast: FastRun
  /** Which pairs are equal, or assumed to be while that is being found out, and which are not. */
  readonly memory: Memory<boolean>
  /** The pairs assumed to be equal, in order of time. */
  readonly assumed: Pair[]
  /** How many pairs have been found to differ, and how many have been met again. */
  different: number
  metAgain: number
}

/** `numbersEqual` may answer by path: so many times a pair that is met again is compared again. */
const askedAgain = 1 << 16

export function startWalk(compiled: Compiled, fast: FastRun): Walk {
  return { compiled, fast, memory: createMemory(), assumed: [], different: 0, metAgain: 0 }
}

/** May what was found out about a pair at one path be used at another? Expects to be asked when a pair is met again. */
export function mayReuse(walk: Walk): boolean {
  return walk.compiled.numbersEqual === undefined || walk.metAgain++ > askedAgain
}

/** The fast comparison, where no patterns match any more. Undefined means that it cannot tell. */
export function tryFast({ settled }: PathState<Rules>, fast: FastRun, a: unknown, b: unknown): boolean | undefined {
  return settled && !fast.gaveUp ? fastEqual(a, b, fast) : undefined
}
