// What stands for real work in this example.
export interface Order {
  readonly customer: string
  readonly country: string
  readonly items: readonly number[]
}

/** Computes for about so many milliseconds. */
export function compute(ms: number): number {
  const end = performance.now() + ms
  let sum = 0
  do for (let i = 1; i < 2_000; i++) sum += Math.sqrt(i)
  while (performance.now() < end)
  return sum
}

export function invoiceText({ customer, items }: Order, prices: readonly number[]): string {
  const sum = prices.reduce((total, price) => total + price, 0)
  return `Invoice for ${customer}: ${items.length} items, ${sum.toFixed(2)}`
}

/** The same orders every time: a few products are bought often, most now and then. */
export function orderNumber(n: number): Order {
  const items = Array.from({ length: 15 }, (_, i) => Math.floor(40 / (1 + ((n * 7 + i * 13) % 23))))
  return { customer: `customer-${n % 50}@example.com`, country: ['at', 'de', 'ch'][n % 3]!, items }
}
