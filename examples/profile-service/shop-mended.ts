// The shop after the advice was taken: one query for all items, a cache for the quotes, invoices from a template.
import { setTimeout as wait } from 'node:timers/promises'
import { cacheProfile, profile, timeit } from 'ruddle/profiling'
import { compute, invoiceText, type Order } from './work.ts'

class Stock {
  #sold = 0

  @timeit
  async loadAll(items: readonly number[]): Promise<number[]> {
    await wait(0.5)
    return items.map(() => 100)
  }

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
  readonly #quotes = new Map<string, number>()

  quote(item: number, country: string): number {
    const key = `${item} ${country}`
    const known = this.#quotes.get(key)
    if (known !== undefined) return known
    const price = this.ask(item, country)
    this.#quotes.set(key, price)
    return price
  }

  @timeit
  ask(item: number, country: string): number {
    return compute(2.5) > 0 ? item * 1.5 + country.length : 0
  }
}

class Invoice {
  @timeit({ slowMs: 100 })
  render(order: Order, prices: readonly number[]): string {
    compute(1)
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
    await this.stock.loadAll(order.items)
    const prices = order.items.slice(0, 4).map((item) => this.prices.quote(item, order.country))
    if (this.stock.left(1) <= 0) throw new RangeError('sold out')
    this.stock.sell()
    return this.invoice.render(order, prices)
  }
}
