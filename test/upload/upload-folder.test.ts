import { pathToFileURL } from 'node:url'
import { describe, expect, it } from 'vitest'
import {
  type FileResult,
  type UploadOptions,
  type UploadProgress,
  uploadFile,
  uploadFolder,
} from '../../src/upload/index.ts'
import { faultySource } from './faulty-source.ts'
import { jpeg, testFolder } from './folder.ts'
import { leavesNothing } from './leaves-nothing.ts'
import { HASTY, outcomeOf } from './outcome.ts'
import { answers, receiver } from './receiver.ts'

const FILES = Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`${i}.jpg`, jpeg(500 + i, i + 1)]))
const turns = async (count: number): Promise<void> => {
  for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve))
}

describe('awaiting', () => {
  it('gives the summary, also when files failed', async () => {
    using folder = testFolder(FILES)
    await using server = await receiver({ fault: ({ name }) => (name === '3.jpg' ? answers(415) : undefined) })
    const summary = await leavesNothing(async () => await uploadFolder(pathToFileURL(folder.path), { url: server.url }))
    expect(summary).toMatchObject({ uploaded: 39, failed: 1, skipped: 0, byReason: { HTTP_415: 1 } })
    const bytes = Object.entries(FILES).reduce((sum, [name, file]) => sum + (name === '3.jpg' ? 0 : file.length), 0)
    expect(summary.bytes).toBe(bytes)
    expect(summary.bytesPerSecond).toBeCloseTo((bytes * 1000) / summary.durationMs)
  })

  it('an empty folder gives a summary of nothing', async () => {
    using folder = testFolder()
    await using server = await receiver()
    expect(await uploadFolder(folder.path, { url: server.url })).toMatchObject({
      uploaded: 0,
      failed: 0,
      skipped: 0,
      bytes: 0,
    })
    expect(server.connections).toBe(0)
  })

  it('starts on the next tick, so that listeners can be set', async () => {
    using folder = testFolder(FILES)
    await using server = await receiver()
    const names: string[] = []
    const upload = uploadFolder(folder.path, { url: server.url })
    for (const name of ['plan', 'start', 'result', 'end'] as const) upload.on(name, () => names.push(name))
    await upload
    expect(names.filter((name) => name === 'start').length).toBe(40)
    expect(names.filter((name) => name === 'result').length).toBe(40)
    expect(names.filter((name) => name === 'plan').length).toBe(1)
    expect(names.at(-1)).toBe('end')
  })
})

describe('iterating', () => {
  it('gives each result as it finishes', async () => {
    using folder = testFolder(FILES)
    await using server = await receiver({ fault: ({ index }) => (index >= 8 && index < 16 ? answers(415) : undefined) })
    const { results } = await outcomeOf(folder.path, server)
    expect(results.size).toBe(40)
  })

  it('slows the upload down to the pace of the reader', async () => {
    using folder = testFolder(FILES)
    await using server = await receiver()
    await leavesNothing(async () => {
      const upload = uploadFolder(folder.path, { url: server.url, concurrency: 2 })
      let read = 0
      for await (const _ of upload) {
        read++
        await turns(20)
        // a few wait to be read, a few are in flight
        expect(server.received.length).toBeLessThanOrEqual(read + 8 + 2 * 2)
      }
      expect(read).toBe(40)
    })
  })

  it('left early aborts the upload', async () => {
    using folder = testFolder(FILES)
    await using server = await receiver()
    await leavesNothing(async () => {
      const upload = uploadFolder(folder.path, { url: server.url, concurrency: 1 })
      for await (const _ of upload) break
      await expect(upload).rejects.toMatchObject({ code: 'ABORTED', summary: { failed: expect.any(Number) } })
      expect(server.received.length).toBeLessThan(15)
      server.noticeEnds()
    })
  })

  it('throws what awaiting would reject with', async () => {
    const upload = uploadFolder('/no/such/folder', { url: 'http://localhost:1' })
    await expect(upload[Symbol.asyncIterator]().next()).rejects.toMatchObject({ code: 'FOLDER_UNUSABLE' })
  })

  it('twice, or after results were let go, is a mistake', async () => {
    using folder = testFolder(FILES)
    await using server = await receiver()
    const upload = uploadFolder(folder.path, { url: server.url })
    await upload
    expect(() => upload[Symbol.asyncIterator]()).toThrow(/before the first result/)
    const second = uploadFolder(folder.path, { url: server.url })
    for await (const _ of second);
    expect(() => second[Symbol.asyncIterator]()).toThrow(/iterated once/)
  })

  it('may be abandoned once the upload is aborted', async () => {
    using folder = testFolder(FILES)
    await using server = await receiver()
    const upload = uploadFolder(folder.path, { url: server.url })
    await upload[Symbol.asyncIterator]().next()
    await turns(50)
    upload.abort(new Error('enough'))
    await expect(upload).rejects.toMatchObject({ code: 'ABORTED', cause: { message: 'enough' } })
  })
})

describe('aborting', () => {
  const silent = { fault: () => ({ when: 'whole' as const, act: () => {} }) }

  it('gives up what is in flight and tells what was done', async () => {
    using folder = testFolder(FILES)
    await using server = await receiver({ fault: ({ index }) => (index < 5 ? undefined : silent.fault()) })
    await leavesNothing(async () => {
      const controller = new AbortController()
      const upload = uploadFolder(folder.path, { url: server.url, signal: controller.signal })
      const results: FileResult[] = []
      upload.on('result', (result) => {
        if (results.push(result) === 5) setImmediate(() => controller.abort())
      })
      const error = await upload.then(
        () => undefined,
        (reason: unknown) => reason,
      )
      expect(error).toMatchObject({ code: 'ABORTED', summary: { uploaded: 5 } })
      for (const { status, error: failure } of results.slice(5)) {
        expect(status).toBe('failed')
        expect(failure).toMatchObject({ code: 'ABORTED', retryable: true })
      }
      server.noticeEnds()
    })
  })

  it('before it has begun sends nothing', async () => {
    using folder = testFolder(FILES)
    await using server = await receiver()
    await expect(uploadFolder(folder.path, { url: server.url, signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: 'ABORTED',
    })
    expect(server.connections).toBe(0)
    await expect(
      uploadFile(`${folder.path}/1.jpg`, { url: server.url, signal: AbortSignal.abort() }),
    ).rejects.toMatchObject({ code: 'ABORTED' })
  })

  it('ends a wait between attempts', async () => {
    using folder = testFolder({ 'a.jpg': jpeg(100) })
    await using server = await receiver({ fault: () => answers(503, { 'Retry-After': '60' }) })
    await leavesNothing(async () => {
      const upload = uploadFolder(folder.path, { url: server.url })
      upload.on('retry', ({ delayMs }) => {
        expect(delayMs).toBe(60_000)
        setImmediate(() => upload.abort())
      })
      await expect(upload).rejects.toMatchObject({ code: 'ABORTED' })
      server.noticeEnds()
    })
  })

  it('does not disturb another upload with the same transport', async () => {
    using folder = testFolder(FILES)
    await using server = await receiver()
    const [aborted, other] = [
      uploadFolder(folder.path, { url: server.url }),
      uploadFolder(folder.path, { url: server.url }),
    ]
    aborted.on('start', () => aborted.abort())
    await expect(aborted).rejects.toMatchObject({ code: 'ABORTED' })
    expect(await other).toMatchObject({ uploaded: 40 })
  })
})

describe('events', () => {
  it('progress never goes back while nothing fails, and ends with the whole', async () => {
    using folder = testFolder({ ...FILES, 'large.jpg': jpeg(20_000_000, 3) })
    await using server = await receiver()
    const seen: UploadProgress[] = []
    const upload = uploadFolder(folder.path, { url: server.url })
    upload.on('progress', (progress) => seen.push(progress))
    const { bytes } = await upload
    for (const [at, { bytes: now }] of seen.entries()) expect(now).toBeGreaterThanOrEqual(seen[at - 1]?.bytes ?? 0)
    expect(seen.at(-1)).toMatchObject({ uploaded: 41, failed: 0, skipped: 0, bytes })
  })

  it('a listener that throws ends neither the upload nor goes unseen', async () => {
    using folder = testFolder({ 'a.jpg': jpeg(100), 'b.jpg': jpeg(100, 2) })
    await using server = await receiver()
    const uncaught: unknown[] = []
    const others = process.listeners('uncaughtException')
    process.removeAllListeners('uncaughtException')
    process.on('uncaughtException', (error) => uncaught.push(error))
    try {
      const upload = uploadFolder(folder.path, { url: server.url })
      upload.on('result', () => {
        throw new Error('of the listener')
      })
      expect(await upload).toMatchObject({ uploaded: 2 })
      await turns(2)
      expect(uncaught.map(String)).toEqual(['Error: of the listener', 'Error: of the listener'])
    } finally {
      process.removeAllListeners('uncaughtException')
      for (const listener of others) process.on('uncaughtException', listener)
    }
  })
})

describe('wrong options', () => {
  const url = 'http://localhost:1'
  const wrong: [string, unknown, RegExp][] = [
    ['no options', undefined, /Expected `options` to be an object with a `url`, got undefined/],
    ['no url', {}, /Expected `url` to be an http or https URL, got undefined/],
    ['nonsense for a url', { url: 'nonsense' }, /Expected `url`/],
    ['another protocol', { url: 'ftp://localhost' }, /Expected `url` to be an http or https URL, got "ftp:"/],
    ['an unknown name', { url, concurency: 8 }, /got the unknown `concurency`/],
    ['no lanes', { url, concurrency: 0 }, /Expected `concurrency` to be an integer from 1 to 256, got 0/],
    ['lanes in words', { url, concurrency: '8' }, /Expected `concurrency` to be a number, got "8"/],
    ['an empty field', { url, field: '' }, /Expected `field` to be a name/],
    ['a glob that is none', { url, include: [1] }, /Expected `include` to be globs/],
    ['an empty glob', { url, exclude: '' }, /Expected `exclude` to be globs/],
    ['a flag that is none', { url, hidden: 'yes' }, /Expected `hidden` to be true or false, got "yes"/],
    [
      'a header that injects',
      { url, headers: { A: 'b\r\nC: d' } },
      /Expected `headers` to hold valid header fields, got a bad "A"/,
    ],
    ['a header name that is none', { url, headers: { 'A b': 'c' } }, /got a bad "A b"/],
    ['a header that is ours', { url, headers: { 'content-length': '1' } }, /not to set content-length/],
    ['an idempotency header that is none', { url, idempotencyHeader: 'a b' }, /Expected `idempotencyHeader`/],
    [
      'a timeout of zero',
      { url, timeouts: { stallMs: 0 } },
      /Expected `timeouts.stallMs` to be an integer from 1 to 2147483647, got 0/,
    ],
    ['an unknown timeout', { url, timeouts: { readMs: 1 } }, /got the unknown `readMs`/],
    ['an unknown retry option', { url, retry: { tries: 1 } }, /got the unknown `tries`/],
    ['retry as a number', { url, retry: 3 }, /Expected `retry` to be an object or false/],
    ['a budget below zero', { url, retry: { budgetRatio: -1 } }, /Expected `retry.budgetRatio`/],
    ['a signal that is none', { url, signal: {} }, /Expected `signal` to be an AbortSignal/],
    ['a transport that is none', { url, transport: {} }, /Expected `transport`/],
    ['a journal that is none', { url, journal: 1 }, /Expected `journal`/],
    ['fields that are none', { url, fields: {} }, /Expected `fields` to be a function/],
    ['a clock that is none', { url, clock: {} }, /Expected `clock`/],
  ]
  it.each(wrong)('%s reject, by type and message', async (_, options, message) => {
    const upload = uploadFolder(faultySource({}), options as UploadOptions)
    const error = await upload.then(
      () => undefined,
      (reason: unknown) => reason,
    )
    expect(error instanceof TypeError || error instanceof RangeError).toBe(true)
    expect(String(error)).toMatch(message)
  })

  it('do not show a password', async () => {
    const upload = uploadFolder('.', { url: 'ftp://me:geheim@localhost' })
    await expect(upload).rejects.toThrow(expect.objectContaining({ message: expect.not.stringContaining('geheim') }))
  })

  it('a folder that is neither a path nor a source rejects', async () => {
    await expect(uploadFolder({} as never, { url })).rejects.toThrow(TypeError)
  })
})

describe('the url', () => {
  it.each([
    ['', '/images'],
    ['/', '/images'],
    ['/?a=1', '/?a=1'],
    ['/photos', '/photos'],
    ['/a/b?c=d#e', '/a/b?c=d'],
  ])('with the path "%s" means %s', async (path, expected) => {
    await using server = await receiver()
    await uploadFolder(faultySource({ 'a.jpg': jpeg(100) }), { url: new URL(server.url).origin + path, ...HASTY })
    expect(server.requests[0]?.head).toContain(`POST ${expected} HTTP/1.1\r\n`)
  })
})
