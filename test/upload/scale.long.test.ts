import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, ftruncateSync, mkdirSync, openSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { describe, expect, it } from 'vitest'
import { jpeg, testFolder } from './folder.ts'

const here = new URL('./', import.meta.url).pathname
/** Above the same process with three files. */
const FLAT_MIB = 32

interface Upload {
  readonly uploaded: number
  readonly failed: number
  readonly bytes: number
  readonly peakMiB: number
  /** After half of the results. */
  readonly halfMiB: number
}

async function uploadInProcess(folder: string, url: string, files = 1): Promise<Upload> {
  const child = spawn(
    process.execPath,
    ['--import', 'tsx', join(here, 'measured-upload.ts'), folder, url, String(files)],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  )
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string]
  return JSON.parse(line) as Upload
}

/** The draining receiver of the benchmark, in a process of its own. */
async function withReceiver(
  work: (url: string, count: () => Promise<{ requests: number; bytes: number }>) => Promise<void>,
): Promise<void> {
  const child = spawn(process.execPath, ['--import', 'tsx', join(here, '../bench/upload/receiver.ts'), 'drain'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  try {
    const [port] = (await once(createInterface({ input: child.stdout }), 'line')) as [string]
    const url = `http://127.0.0.1:${port}`
    await work(url, async () => (await (await fetch(`${url}/count`)).json()) as { requests: number; bytes: number })
  } finally {
    child.kill()
  }
}

async function fewFiles(url: string): Promise<Upload> {
  using folder = testFolder({ 'a.jpg': jpeg(1000), 'b.jpg': jpeg(1000, 2), 'c.jpg': jpeg(1_000_000, 3) })
  return await uploadInProcess(folder.path, url)
}

describe('memory stays flat', () => {
  it('over 100,000 files', async () => {
    using folder = testFolder()
    const bytes = jpeg(300)
    for (let file = 0; file < 100_000; file++) writeFileSync(join(folder.path, `${file}.jpg`), bytes)
    await withReceiver(async (url, count) => {
      const { peakMiB: few } = await fewFiles(url)
      await count()
      const { uploaded, failed, peakMiB, halfMiB } = await uploadInProcess(folder.path, url, 100_000)
      expect({ uploaded, failed }).toEqual({ uploaded: 100_000, failed: 0 })
      expect((await count()).requests).toBe(100_000)
      console.log(
        `100,000 files: ${(peakMiB - few).toFixed(1)} MiB above three, ${(peakMiB - halfMiB).toFixed(1)} in the second half`,
      )
      // V8 lets the young part of the heap of every long run grow to twice 16 MiB; what must not grow is the rest
      expect(peakMiB - halfMiB).toBeLessThan(8)
      expect(peakMiB - few).toBeLessThan(FLAT_MIB + 16)
    })
  })

  it('over a sparse file of 8 GB, whose length is right', async () => {
    using folder = testFolder()
    const fd = openSync(join(folder.path, 'sparse.jpg'), 'w')
    writeSync(fd, jpeg(100))
    ftruncateSync(fd, 8e9)
    closeSync(fd)
    await withReceiver(async (url, count) => {
      const { peakMiB: few } = await fewFiles(url)
      await count()
      const { uploaded, bytes, peakMiB } = await uploadInProcess(folder.path, url)
      expect({ uploaded, bytes }).toEqual({ uploaded: 1, bytes: 8e9 })
      const received = await count()
      expect(received.requests).toBe(1)
      // the receiver counts by Content-Length and would not have answered had a byte been missing
      expect(received.bytes).toBeGreaterThan(8e9)
      expect(received.bytes).toBeLessThan(8e9 + 1000)
      console.log(`8 GB: ${(peakMiB - few).toFixed(1)} MiB above three files`)
      expect(peakMiB - few).toBeLessThan(FLAT_MIB)
    })
  })

  it('over 1,900 folders in one another', async () => {
    using folder = testFolder()
    let path = folder.path
    for (let level = 0; level < 1_900; level++) {
      path += '/d'
      mkdirSync(path)
    }
    writeFileSync(`${path}/deep.jpg`, jpeg(300))
    await withReceiver(async (url) => {
      const { peakMiB: few } = await fewFiles(url)
      const { uploaded, failed, peakMiB } = await uploadInProcess(folder.path, url)
      expect({ uploaded, failed }).toEqual({ uploaded: 1, failed: 0 })
      expect(peakMiB - few).toBeLessThan(FLAT_MIB)
    })
    execFileSync('rm', ['-rf', folder.path])
  })
})
