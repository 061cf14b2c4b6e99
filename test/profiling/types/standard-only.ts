// Checked, not run: members that only standard decorators can be put on.
import { timeit } from '../../../src/profiling/index.ts'

export class Safe {
  @timeit
  #secret(): number {
    return 1
  }

  @timeit
  accessor level = 1

  @timeit
  handler = (x: number): number => x + this.#secret()

  @timeit({ slowMs: 1 })
  static later = async (id: string): Promise<string> => id

  // @ts-expect-error -- not a function
  @timeit text = 'x'
}

const level: number = new Safe().level
const result: number = new Safe().handler(level)
export const text: Promise<string> = Safe.later(String(result))
