import type { Compiled } from './compile.ts'
import { type FastRun, fastEqual, fastRun } from './equal.ts'
import { createMemory, type Known, type Memory } from './memory.ts'
import type { Place } from './place.ts'
import type { JsonObject } from './value.ts'

/** One thorough comparison under way: one that knows every option, any depth and any size. */
export interface Walk {
  readonly compiled: Compiled
  /** Are these two equal? True as well while that is being found out; undefined where it has been taken back. */
  readonly memory: Memory<boolean | undefined>
  /** The pairs taken for equal, in order of time. */
  readonly trail: Known<boolean | undefined>[]
  readonly fast: FastRun
  visits: number
}

/** `numbersEqual` may answer by path: so many pairs are compared again at every path that leads to them. */
const visitsByPath = 1 << 16

export function startWalk(compiled: Compiled): Walk {
  return { compiled, memory: createMemory(), trail: [], fast: fastRun(compiled.rules), visits: 0 }
}

/** May what was found out at one path be used at another? */
export function mayReuse({ compiled, visits }: Walk): boolean {
  return compiled.numbersEqual === undefined || visits > visitsByPath
}

/** The fast comparison, where there are no patterns any more. Undefined means that it cannot tell. */
export function tryFast({ compiled, fast }: Walk, a: JsonObject, b: JsonObject, { state }: Place): boolean | undefined {
  if (!state.settled || !compiled.plain || fast.gaveUp) return undefined
  const equal = fastEqual(a, b, fast)
  return equal || !fast.gaveUp ? equal : undefined
}
