// Checked, not run: by `npm run types` as standard decorators, by types.test.ts as the older ones.
import { cacheProfile, profile, timeit } from '../../../src/profiling/index.ts'

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
const same = <A, B>(..._: Equal<A, B> extends true ? [] : ['not the same type']): void => {}

// A plain wrapper keeps the whole type: overloads, generics, this, predicates, asynchronous results.
declare function overloaded(x: string): string
declare function overloaded(x: number): number[]
declare function generic<T extends { id: number }>(items: readonly T[], key: keyof T): T
declare function isText(x: unknown): x is string
declare function check(x: unknown): asserts x is number
declare function bound(this: Date, days: number): Date
declare function later(x: number, ...rest: string[]): Promise<Map<string, number>>
declare function steps(n: number): Generator<number, string, boolean>

const wrapped = {
  overloaded: timeit(overloaded),
  generic: timeit('generic', generic),
  isText: timeit({ slowMs: 5 })(isText),
  check: timeit(check),
  bound: cacheProfile({ ignoreThis: true })(bound),
  later: profile(later),
  steps: timeit(steps),
}
same<typeof wrapped.overloaded, typeof overloaded>()
same<typeof wrapped.generic, typeof generic>()
same<typeof wrapped.isText, typeof isText>()
same<typeof wrapped.check, typeof check>()
same<typeof wrapped.bound, typeof bound>()
same<typeof wrapped.later, typeof later>()
same<typeof wrapped.steps, typeof steps>()
same<ReturnType<typeof wrapped.steps>, Generator<number, string, boolean>>()

const Wrapped = timeit(
  class Inner {
    value = 1
  },
)
new Wrapped().value.toFixed()

// @ts-expect-error -- no function
timeit(7)
// @ts-expect-error -- a name without a function
timeit('name', 7)
// @ts-expect-error -- unknown option
timeit({ nam: 'x' })
// @ts-expect-error -- wrong type of option
timeit({ sample: 'often' })
// @ts-expect-error -- an option of another decorator
cacheProfile({ slowMs: 5 })
// @ts-expect-error -- a wrong argument of what was wrapped
wrapped.later('x')
// @ts-expect-error -- this is a Date
wrapped.bound.call({}, 5)

@timeit
export class Shop {
  overloaded(x: string): string
  overloaded(x: number): number
  @timeit
  overloaded(x: string | number): string | number {
    return x
  }

  @timeit()
  @cacheProfile({ verify: 10 })
  generic<T>(x: T): T[] {
    return [x]
  }

  @profile({ slowerThanMs: 5 })
  async handle(this: Shop, id: number): Promise<string> {
    return String(id)
  }

  @timeit({ sample: 'auto' })
  static make(): Shop {
    return new this()
  }

  @timeit
  get size(): number {
    return 1
  }

  @timeit
  set weight(_value: number) {}

  // @ts-expect-error -- only function fields, and those in the standard dialect only
  @timeit price = 7
}

const shop = Shop.make()
same<ReturnType<typeof shop.handle>, Promise<string>>()
same<typeof shop.size, number>()
