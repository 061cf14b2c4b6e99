// What only standard decorators can do: private members, accessors and fields. See dialects.test.ts.
import { createProfiler, type PerfLine } from 'ruddle/profiling'

const lines: string[] = []
const { timeit, flush } = createProfiler({ sink: (line) => lines.push(line) })

class Safe {
  @timeit
  accessor level = 1

  @timeit
  handler = (x: number): number => x + this.level

  @timeit
  #code(): number {
    return 42
  }

  @timeit
  static #master(): number {
    return 43
  }

  @timeit
  get #hidden(): number {
    return 44
  }

  @timeit
  set weight(value: number) {
    this.level = value
  }

  @timeit
  [Symbol.iterator](): Iterator<number> {
    return [1][Symbol.iterator]()
  }

  @timeit
  async *pages(): AsyncGenerator<number> {
    yield 1
  }

  open(): number[] {
    return [this.#code(), Safe.#master(), this.#hidden]
  }
}

const safe = new Safe()
const pages: number[] = []
for await (const page of safe.pages()) pages.push(page)
safe.level = 2
safe.weight = 5
const results = [safe.open(), safe.level, safe.handler(1), [...safe], pages, Object.keys(safe)]
flush()
const rows = lines
  .map((line): PerfLine => JSON.parse(line).perf)
  .flatMap((line) => (line.k === 'timeit' ? [`${line.fn} ${line.n}`] : []))
console.log(JSON.stringify({ results, rows }))
