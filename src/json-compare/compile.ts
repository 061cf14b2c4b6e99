import type { ArrayOrder, JsonCompareOptions, NumberTolerance } from './options.ts'
import { type PathState, rootState } from './path-state.ts'
import { parsePointer } from './pointer.ts'

/** What holds at one place of the document. */
export interface Rules {
  readonly tolerance: number
  readonly relativeTolerance: number
  readonly unordered: boolean
  readonly ignored: boolean
}

/** Options made ready for comparing. They never change, so that any number of comparisons may share them. */
export interface Compiled {
  readonly root: PathState<Rules>
  /** The rules outside of all patterns. */
  readonly rules: Rules
  /** True where a settled place has nothing but a tolerance, so that the fast comparison may have it. */
  readonly plain: boolean
  readonly numbersEqual: JsonCompareOptions['numbersEqual']
}

const standardRules: Rules = { tolerance: 5e-6, relativeTolerance: 0, unordered: false, ignored: false }

/** Expects options that have been checked. They are copied, since states of the patterns are made when they are met. */
export function compile(options: JsonCompareOptions): Compiled {
  const { ignore = [], overrides = [], numbersEqual } = options
  const rules = rulesWith(standardRules, options)
  const places = [...ignore.map((path) => ({ path, ignored: true })), ...overrides.map((each) => ({ ...each }))]
  const root = rootState(
    places.map((place) => [...(parsePointer(place.path) ?? []), place] as const),
    (matching) => matching.reduce(rulesWith, rules),
  )
  return { root, rules, plain: !rules.unordered && numbersEqual === undefined, numbersEqual }
}

interface Override extends NumberTolerance {
  readonly arrayOrder?: ArrayOrder
  readonly ignored?: boolean
}

function rulesWith(rules: Rules, { tolerance, decimals, relativeTolerance, arrayOrder, ignored }: Override): Rules {
  return {
    // Half a unit of the last place, as the double nearest to that decimal: `0.5 * 10 ** -n` is rounded twice.
    tolerance: tolerance ?? (decimals === undefined ? rules.tolerance : Number(`5e-${decimals + 1}`)),
    relativeTolerance: relativeTolerance ?? rules.relativeTolerance,
    unordered: arrayOrder ? arrayOrder === 'ignore' : rules.unordered,
    ignored: ignored ?? rules.ignored,
  }
}
