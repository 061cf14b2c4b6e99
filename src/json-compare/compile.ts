import type { JsonCompareOptions, JsonOverride, NumberTolerance } from './options.ts'
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

/** Expects options that have been checked. They are copied, since states of the patterns are made when they are met. */
export function compile(options: JsonCompareOptions): Compiled {
  const {
    decimals = 5,
    relativeTolerance = 0,
    arrayOrder = 'strict',
    ignore = [],
    overrides = [],
    numbersEqual,
  } = options
  const rules: Rules = {
    tolerance: options.tolerance ?? halfUnit(decimals),
    relativeTolerance,
    unordered: arrayOrder === 'ignore',
    ignored: false,
  }
  const ignored = ignore.map((path) => ({ path, ignored: true }))
  const places: Override[] = [...ignored, ...overrides.map((each) => ({ ...each }))]
  const root = rootState(
    places.map(({ path = '' }) => parsePointer(path) ?? []),
    (matching) => matching.reduce((here, index) => overridden(here, places[index]), rules),
  )
  return { root, rules, plain: !rules.unordered && numbersEqual === undefined, numbersEqual }
}

type Override = Partial<JsonOverride> & { readonly ignored?: boolean }

function overridden(rules: Rules, override: Override = {}): Rules {
  return {
    tolerance: toleranceOf(override) ?? rules.tolerance,
    relativeTolerance: override.relativeTolerance ?? rules.relativeTolerance,
    unordered: override.arrayOrder === undefined ? rules.unordered : override.arrayOrder === 'ignore',
    ignored: rules.ignored || override.ignored === true,
  }
}

function toleranceOf({ tolerance, decimals }: NumberTolerance): number | undefined {
  return tolerance ?? (decimals === undefined ? undefined : halfUnit(decimals))
}

/** Half a unit of the last place, as the double nearest to that decimal: `0.5 * 10 ** -n` is rounded twice. */
function halfUnit(decimals: number): number {
  return Number(`5e-${decimals + 1}`)
}
