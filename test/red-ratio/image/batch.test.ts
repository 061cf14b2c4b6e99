import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { redRatioBatch, redRatioOf } from '../../../src/red-ratio/image.ts'

const folder = fileURLToPath(new URL('../../../examples/images/', import.meta.url))
const pictures = readdirSync(folder)
  .filter((name) => /\.(jpg|png|webp)$/.test(name))
  .map((name) => folder + name)

describe('outcomes', () => {
  it.each([1, 3, 100])('come in the order of the input, %i at a time', async (concurrency) => {
    const outcomes = []
    for await (const outcome of redRatioBatch(pictures, { concurrency })) outcomes.push(outcome)
    expect(outcomes.map(({ image }) => image)).toEqual(pictures)
    expect(outcomes.at(-1)?.details).toEqual(await redRatioOf(pictures.at(-1)!))
  })

  it('of bad files are entries among the others', async () => {
    const codes = []
    const images = [pictures[0]!, `${folder}none.jpg`, Buffer.alloc(0), `${folder}draw.ts`, pictures[1]!]
    for await (const { details, error } of redRatioBatch(images)) codes.push(details?.pixels ?? error?.code)
    expect(codes).toEqual([480_000, 'ENOENT', 'CORRUPT', 'UNSUPPORTED', 480_000])
  })
})

it('takes images only as fast as results are taken', async () => {
  let taken = 0
  async function* endless(): AsyncIterable<string> {
    for (;;) {
      taken++
      yield pictures[taken % pictures.length]!
    }
  }
  let seen = 0
  for await (const { details } of redRatioBatch(endless(), { concurrency: 3 })) {
    expect(details?.pixels).toBe(480_000)
    expect(taken).toBeLessThanOrEqual(++seen + 2)
    if (seen === 10) break
  }
  expect(seen).toBe(10)
})

it('ends with an error when it is aborted', async () => {
  const controller = new AbortController()
  const measuring = async () => {
    for await (const { details } of redRatioBatch(pictures, { signal: controller.signal, concurrency: 2 })) {
      expect(details?.pixels).toBe(480_000)
      controller.abort()
    }
  }
  await expect(measuring()).rejects.toMatchObject({ name: 'RedRatioError', code: 'ABORTED' })
})

it('refuses wrong options at once, and what is not an image when its turn comes', async () => {
  expect(() => redRatioBatch(pictures, { concurrency: 0 })).toThrow(
    new RangeError('Expected `concurrency` to be a whole number of at least 1, got 0'),
  )
  expect(() => redRatioBatch(pictures, { maxPixels: -1 })).toThrow(RangeError)
  await expect(redRatioBatch([7 as unknown as string]).next()).rejects.toThrow(TypeError)
})
