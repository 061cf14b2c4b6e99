import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { hashId } from '../../../../src/red-stats/stores/ids/hash-id.ts'
import { createIdTable } from '../../../../src/red-stats/stores/ids/id-table.ts'

describe('hashId', () => {
  it.each([
    // MurmurHash3_x86_32 and XXH32, seed 0, as ClickHouse's murmurHash3_32 and xxHash32 give them
    ['tomatoes é', 1_035_154_473, 3_483_431_960],
    ['', 0, 46_947_589],
  ])('of %j', (id, high, low) => {
    expect(hashId(id)).toEqual({ high, low })
  })
})

describe('the table of ids', () => {
  it('agrees with a Map, also when hashes are alike', () => {
    const word = fc.constantFrom(0, 1, 2, 0xffff_ffff, 0x8000_0000)
    const operation = fc.record({
      kind: fc.constantFrom('add', 'remove', 'has'),
      high: word,
      low: word,
      value: fc.nat(3),
    })
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 200 }), (operations) => {
        const table = createIdTable({ values: true })
        const twin = new Set<string>()
        for (const { kind, high, low, value } of operations) {
          const hash = { high, low }
          // (0, 0) shares its place with (0, 1)
          const key = `${high}/${high === 0 && low === 0 ? 1 : low}/${value}`
          const has = table.has(hash, (found) => found === value)
          expect(has).toBe(twin.has(key))
          if (kind === 'add' && !has) {
            table.add(hash, value)
            twin.add(key)
          } else if (kind === 'remove') {
            table.remove(hash, value)
            twin.delete(key)
          }
        }
      }),
    )
  })

  it('finds each of 200,000 ids and no other, in 8 bytes a place', () => {
    const table = createIdTable({ values: false })
    for (let n = 0; n < 200_000; n++) table.add(hashId(`image ${n}`))
    const found = (prefix: string) =>
      Array.from({ length: 200_000 }, (_, n) => table.has(hashId(`${prefix} ${n}`))).filter(Boolean).length
    expect(found('image')).toBe(200_000)
    expect(found('other')).toBe(0)
    expect(table.bytes / 200_000).toBeLessThanOrEqual(8 / 0.64)
  })
})
