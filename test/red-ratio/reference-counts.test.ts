import { readdirSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { redRatioOf } from '../../src/red-ratio/image.ts'

// Made by reference/count.py, which decodes with Pillow and decides in fractions.
const { counts } = JSON.parse(readFileSync(new URL('reference/counts.json', import.meta.url), 'utf8')) as {
  counts: Record<string, { pixels: number; red: Record<string, number> }>
}
const folder = new URL('../../examples/images/', import.meta.url)

it('there is a count for every picture', () => {
  const pictures = readdirSync(folder).filter((name) => /\.(jpg|png|webp)$/.test(name))
  expect(Object.keys(counts)).toEqual(pictures.sort())
  expect(pictures.length).toBeGreaterThanOrEqual(14)
})

it.each(Object.entries(counts))('%s: the same integers as an independent tool', async (name, { pixels, red }) => {
  for (const [definition, redWeight] of Object.entries(red)) {
    expect(await redRatioOf(new URL(name, folder), { definition })).toMatchObject({ redWeight, pixels, definition })
  }
})
