import type { Compiled } from './compile.ts'
import { type FastRun, fastEqual, fastRun } from './equal.ts'
import { createMemory, type Known, type Memory } from './memory.ts'
import type { Place } from './place.ts'
import type { JsonObject } from './value.ts'

/**
 * The thorough comparison knows every option and any depth. A step compares one pair of objects and answers whether
 * they are equal; it yields the steps for the pairs below. `run` keeps the steps on a stack of its own, so that they
 * read as plain recursion and the depth of the values is limited by memory alone.
 */
export interface Step extends Generator<Step, boolean, boolean> {}

/** One comparison under way. */
export interface Walk {
  readonly compiled: Compiled
  readonly memory: Memory
  /** Pairs found equal, in order of time: where one of them rests on an assumption that fails, they are taken back. */
  readonly trail: Known[]
  readonly fast: FastRun
  /** How many times a pair that was met again within itself has been taken for equal. */
  assumptions: number
  visits: number
}

export function startWalk(compiled: Compiled): Walk {
  const { tolerance, relativeTolerance } = compiled.rules
  const fast = fastRun(tolerance, relativeTolerance)
  return { compiled, memory: createMemory(), trail: [], fast, assumptions: 0, visits: 0 }
}

export function run(first: Step): boolean {
  const steps = [first]
  let answer = false // the first `next` of a generator ignores it
  for (let step = steps.at(-1); step !== undefined; step = steps.at(-1)) {
    const { done, value } = step.next(answer)
    if (done) {
      steps.pop()
      answer = value
    } else {
      steps.push(value)
    }
  }
  return answer
}

/** The fast comparison, where it may be used: below all patterns. Undefined means that it cannot tell. */
export function tryFast({ compiled, fast }: Walk, a: JsonObject, b: JsonObject, { state }: Place): boolean | undefined {
  if (!state.settled || !compiled.plain || fast.gaveUp) return undefined
  const equal = fastEqual(a, b, fast)
  return equal || !fast.gaveUp ? equal : undefined
}

/** `numbersEqual` may answer by path, so that a pair at another path has to be asked again, as long as that is payable. */
export function mayReuse({ compiled, visits }: Walk): boolean {
  return compiled.numbersEqual === undefined || visits > 1 << 22
}
