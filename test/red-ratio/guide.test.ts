import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { redRatioOf } from '../../src/red-ratio/image.ts'
import { area, excess, mean, oklch, redRatio, share } from '../../src/red-ratio/index.ts'

// The figures in the guide are those that come out.
const guide = readFileSync(new URL('../../docs/red-ratio.md', import.meta.url), 'utf8')
const rows = guide
  .split('\n')
  .filter((line) => line.startsWith('| '))
  .map((line) =>
    line
      .slice(1, -1)
      .split('|')
      .map((cell) => cell.trim()),
  )
const rowsOf = (cells: number, name: RegExp) =>
  rows.filter((row) => row.length === cells && row.some((cell) => name.test(cell)))
const picture = (cell: string) => new URL(`../../examples/images/${cell.replaceAll('`', '')}`, import.meta.url)

async function ratios(image: URL, definitions: readonly string[]): Promise<string[]> {
  return Promise.all(definitions.map(async (definition) => (await redRatioOf(image, { definition })).ratio.toFixed(3)))
}

describe('what the definitions say of pictures', () => {
  it.each(rowsOf(7, /^`[a-z-]+\.(jpg|png|webp)`$/))('%s %s', async (_, name, ...said) => {
    expect(said).toEqual(await ratios(picture(name!), [area(), oklch, excess, share, mean]))
  })
})

describe('what other thresholds say', () => {
  it.each(rowsOf(9, /^`[a-z-]+\.(jpg|png|webp)`$/))('%s', async (name, ...said) => {
    const limits = [
      {},
      { hue: 10 },
      { hue: 15 },
      { hue: 30 },
      { saturation: 0.4 },
      { saturation: 0.6 },
      { value: 0.1 },
      { value: 0.4 },
    ]
    expect(said).toEqual(await ratios(picture(name!), limits.map(area)))
  })
})

describe('what the definitions say of colours', () => {
  it.each(rowsOf(6, /\/1/))('%s', (id, _, ...said) => {
    const definition = /`(\S+)`/.exec(id!)![1]!
    const colours = ['ffffff', '808080', 'ff0000', 'ff8000'].map((colour) => Buffer.from(colour, 'hex'))
    const measured = colours.map((colour) => redRatio(colour, { channels: 3, definition }))
    expect(said).toEqual(measured.map((ratio) => String(Number(ratio.toFixed(3)))))
  })
})

it('has all of these rows', () => {
  expect(
    [rowsOf(7, /^`[a-z-]+\.(jpg|png|webp)`$/), rowsOf(9, /^`[a-z-]+\.(jpg|png|webp)`$/), rowsOf(6, /\/1/)].map(
      (found) => found.length,
    ),
  ).toEqual([9, 6, 5])
})
