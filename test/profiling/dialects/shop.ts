// Compiled by every toolchain in both dialects of decorators, and run: see dialects.test.ts.
import { createProfiler, type PerfLine } from 'ruddle/profiling'

const lines: string[] = []
const { timeit, cacheProfile, profile, flush } = createProfiler({ sink: (line) => lines.push(line) })

class Shop {
  stock = 3

  @timeit
  sell(count: number): number {
    this.stock -= count
    return this.stock
  }

  @timeit()
  async order(id: string): Promise<string> {
    return `${id} of ${this.stock}`
  }

  @timeit({ name: 'discount' })
  static discount(price: number): number {
    return price / 2
  }

  @timeit
  static open(): Shop {
    return new this()
  }

  @timeit
  get empty(): boolean {
    return this.stock === 0
  }
  set empty(value: boolean) {
    this.stock = value ? 0 : 1
  }

  @timeit
  *shelves(): Generator<number> {
    yield* [1, 2]
  }

  @timeit
  @cacheProfile
  @profile({ everyMs: 1e9, max: 0 })
  price(id: number): number {
    return id * 2
  }

  @timeit
  @timeit
  twice(): number {
    return 2
  }

  @timeit
  ['computed name'](): number {
    return 4
  }
}

class Kiosk extends Shop {
  override sell(count: number): number {
    return super.sell(count) - 1
  }
}

@timeit
class Tills {
  static count(): number {
    return 7
  }
  ring(): number {
    return 8
  }
}

const shop = Shop.open()
const plain = timeit('plain', (x: number) => x + 1)
const results = [
  new Kiosk().sell(1),
  shop.sell(1),
  await shop.order('7'),
  Shop.discount(10),
  shop.empty,
  [...shop.shelves()],
  shop.price(4),
  shop.twice(),
  shop['computed name'](),
  Tills.count(),
  new Tills().ring(),
  plain(1),
  Shop.prototype.sell.name,
  Shop.prototype.sell.length,
  Object.getOwnPropertyDescriptor(Shop.prototype, 'sell')?.enumerable,
  Object.keys(Shop.prototype),
]
flush()
const rows = lines
  .map((line): PerfLine => JSON.parse(line).perf)
  .flatMap((line) => (line.k === 'timeit' || line.k === 'cache' ? [`${line.k} ${line.fn} ${line.n}`] : []))
const places = Object.fromEntries(
  lines.map((line): PerfLine => JSON.parse(line).perf).flatMap((line) => ('at' in line ? [[line.fn, line.at]] : [])),
)
console.log(JSON.stringify({ results, rows, places }))
