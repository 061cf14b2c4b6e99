// A shop as it was first deployed. Four of its functions are worth a look; which ones, the log will say.
import { setTimeout as wait } from 'node:timers/promises'
import { cacheProfile, profile, timeit } from 'ruddle/profiling'
import { compute, invoiceText, type Order } from './work.ts'

class Stock {
  #sold = 0

  /** One query an item. */
  @timeit
  async load(_item: number): Promise<number> {
    await wait(0.5)
    return 100
  }

  /** How many are left: another number after every order. */
  @timeit
  @cacheProfile
  left(item: number): number {
    return compute(1) > 0 ? 1_000 + item - this.#sold : 0
  }

  sell(): void {
    this.#sold++
  }
}

class Prices {
  /** Asks the tax table, the customer's contract and the offers of the day. */
  @timeit
  @cacheProfile
  quote(item: number, country: string): number {
    return compute(2.5) > 0 ? item * 1.5 + country.length : 0
  }
}

class Invoice {
  @timeit({ slowMs: 100 })
  render(order: Order, prices: readonly number[]): string {
    compute(14)
    return invoiceText(order, prices)
  }
}

export class Shop {
  readonly stock: Stock = new Stock()
  readonly prices: Prices = new Prices()
  readonly invoice: Invoice = new Invoice()

  @timeit
  @profile({ slowerThanMs: 20 })
  async order(order: Order): Promise<string> {
    for (const item of order.items) await this.stock.load(item)
    const prices = order.items.slice(0, 4).map((item) => this.prices.quote(item, order.country))
    if (this.stock.left(1) <= 0) throw new RangeError('sold out')
    this.stock.sell()
    return this.invoice.render(order, prices)
  }
}
