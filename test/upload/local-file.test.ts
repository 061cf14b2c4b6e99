import { appendFileSync, renameSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { localOpener } from '../../src/upload/local-file.ts'
import { jpeg, testFolder } from './folder.ts'
import { leavesNothing } from './leaves-nothing.ts'

const BYTES = jpeg(1000, 4)

/** A clock on which every reading of it takes so many milliseconds. */
function clockOf(stepMs: () => number): () => number {
  let now = 0
  return () => {
    now += stepMs()
    return now
  }
}

async function readBy(open: ReturnType<typeof localOpener>, path: string): Promise<'at once' | 'later'> {
  const opening = open({ path, relativePath: 'a.jpg' })
  const file = await opening
  try {
    const buffer = Buffer.alloc(BYTES.length)
    const reading = file.read(buffer, buffer.length, 0)
    expect(await reading).toBe(BYTES.length)
    expect(buffer.equals(BYTES)).toBe(true)
    expect(await file.unchanged()).toBe(true)
    return reading instanceof Promise ? 'later' : 'at once'
  } finally {
    await file.close()
  }
}

describe('a file on disk', () => {
  it('is read at once while the disk is fast, and later once three reads in a row were slow', async () => {
    using folder = testFolder({ 'a.jpg': BYTES })
    await leavesNothing(async () => {
      let stepMs = 1
      const open = localOpener(clockOf(() => stepMs))
      const ways: string[] = []
      for (const step of [1, 9, 9, 1, 9, 9, 9, 9, 1]) {
        stepMs = step
        ways.push(await readBy(open, `${folder.path}/a.jpg`))
      }
      expect(ways).toEqual([...Array(7).fill('at once'), 'later', 'later'])
    })
  })

  it.each([
    ['fast', 1],
    ['slow', 9],
  ])('that changes is noticed on a %s disk', async (_, step) => {
    using folder = testFolder({ 'a.jpg': BYTES, 'b.jpg': jpeg(600_000, 5), 'c.jpg': jpeg(600_000, 6) })
    const open = localOpener(clockOf(() => step))
    for (let read = 0; read < 3; read++) await readBy(open, `${folder.path}/a.jpg`)
    const opened = async (name: string) => await open({ path: `${folder.path}/${name}`, relativePath: name })
    await leavesNothing(async () => {
      const grows = await opened('a.jpg')
      appendFileSync(`${folder.path}/a.jpg`, 'x')
      expect(await grows.unchanged()).toBe(false)
      await grows.close()
      const replaced = await opened('b.jpg')
      renameSync(`${folder.path}/c.jpg`, `${folder.path}/b.jpg`)
      expect(await replaced.unchanged()).toBe(false)
      await replaced.close()
    })
  })

  it.each([
    ['fast', 1],
    ['slow', 9],
  ])('that is not there fails on a %s disk', async (_, step) => {
    using folder = testFolder({ 'a.jpg': BYTES })
    const open = localOpener(clockOf(() => step))
    for (let read = 0; read < 3; read++) await readBy(open, `${folder.path}/a.jpg`)
    await expect(
      (async () => await open({ path: `${folder.path}/no.jpg`, relativePath: 'no.jpg' }))(),
    ).rejects.toMatchObject({
      code: 'ENOENT',
    })
  })
})
