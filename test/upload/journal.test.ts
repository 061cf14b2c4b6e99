import { appendFileSync, existsSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { UploadError, type UploadOptions, uploadFolder } from '../../src/upload/index.ts'
import { jpeg, testFolder } from './folder.ts'
import { leavesNothing } from './leaves-nothing.ts'
import { HASTY, outcomeOf } from './outcome.ts'
import { answers, type Receiver, receiver, reset } from './receiver.ts'

const FILES = Object.fromEntries(Array.from({ length: 12 }, (_, i) => [`${i}.jpg`, jpeg(500 + i, i + 1)]))

interface Line {
  begun?: string
  done?: string
  failed?: string
  path?: string
  run?: string
}

function linesOf(journal: string): Line[] {
  return readFileSync(journal, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Line)
}

async function rejection(folder: string, server: Receiver, options: Partial<UploadOptions>): Promise<unknown> {
  return await leavesNothing(async () =>
    uploadFolder(folder, { url: server.url, ...HASTY, ...options }).then(
      () => 'nothing was thrown',
      (error: unknown) => error,
    ),
  )
}

describe('a journal', () => {
  it('holds a header and what begun, was done and failed, and no secret', async () => {
    using folder = testFolder(FILES)
    using elsewhere = testFolder()
    await using server = await receiver({ fault: ({ name }) => (name === '3.jpg' ? answers(415) : undefined) })
    const journal = join(elsewhere.path, 'journal')
    const url = `${server.url.replace('//', '//me:geheim@')}?sig=geheim`
    await outcomeOf(folder.path, server, { url, journal, headers: { Cookie: 'geheim' } })
    expect(readFileSync(journal, 'utf8')).not.toContain('geheim')
    const [header, ...lines] = linesOf(journal)
    expect(header).toMatchObject({ journal: 'ruddle-upload', v: 1, url: server.url, root: folder.path, field: 'image' })
    expect(lines.filter(({ begun }) => begun).length).toBe(12)
    expect(lines.filter(({ done }) => done).length).toBe(11)
    expect(lines.find(({ failed }) => failed)).toMatchObject({ code: 'HTTP_415' })
    expect(existsSync(`${journal}.lock`)).toBe(false)
  })

  it('makes a second run skip what is done and unchanged, and send again what failed or changed', async () => {
    using folder = testFolder(FILES)
    using elsewhere = testFolder()
    const journal = join(elsewhere.path, 'journal')
    let refusing = true
    await using server = await receiver({
      fault: ({ name }) => (refusing && name === '3.jpg' ? answers(415) : undefined),
    })
    const first = await outcomeOf(folder.path, server, { journal })
    refusing = false
    folder.write('5.jpg', jpeg(999, 99))
    folder.write('new.jpg', jpeg(100, 98))
    const requests = server.requests.length
    const { results, summary } = await outcomeOf(folder.path, server, { journal })
    expect(summary).toMatchObject({ uploaded: 3, failed: 0, skipped: 10, byReason: { journal: 10 } })
    expect(server.requests.length - requests).toBe(3)
    expect(results.get('3.jpg')?.key).toBe(first.results.get('3.jpg')?.key)
    expect(results.get('5.jpg')?.key).not.toBe(first.results.get('5.jpg')?.key)
    const third = await outcomeOf(folder.path, server, { journal })
    expect(third.summary).toMatchObject({ uploaded: 0, skipped: 13 })
  })

  it('lets what was begun be sent again with the same key', async () => {
    using folder = testFolder({ 'a.jpg': jpeg(500) })
    using elsewhere = testFolder()
    const journal = join(elsewhere.path, 'journal')
    // the server has taken the file, but its answer got lost
    await using server = await receiver({
      fault: ({ index }) => (index === 0 ? { when: 'whole', act: reset, keeps: true } : undefined),
    })
    const first = await outcomeOf(folder.path, server, { journal, retry: false })
    expect(first.summary.failed).toBe(1)
    const second = await outcomeOf(folder.path, server, { journal })
    expect(second.summary.uploaded).toBe(1)
    expect(new Set(server.received.map(({ key }) => key)).size).toBe(1)
  })

  it.each([1, 5, 60])('with a torn last line, %i bytes short, goes on', async (bytes) => {
    using folder = testFolder(FILES)
    using elsewhere = testFolder()
    const journal = join(elsewhere.path, 'journal')
    await using server = await receiver()
    await outcomeOf(folder.path, server, { journal, concurrency: 1 })
    truncateSync(journal, readFileSync(journal).length - bytes)
    const warnings: string[] = []
    const again = uploadFolder(folder.path, { url: server.url, journal }).on('warning', (text) => warnings.push(text))
    const summary = await again
    expect(warnings).toEqual([expect.stringMatching(/last line of the journal was torn: \d+ bytes were cut off/)])
    // the line of the last file was torn, and perhaps the one before
    expect(summary.uploaded).toBe(1)
    expect(summary.skipped).toBe(11)
    for (const line of linesOf(journal)) expect(line).toBeTypeOf('object')
    expect((await outcomeOf(folder.path, server, { journal })).summary.skipped).toBe(12)
  })

  it('with a line in the middle that cannot be read sends that file again', async () => {
    using folder = testFolder(FILES)
    using elsewhere = testFolder()
    const journal = join(elsewhere.path, 'journal')
    await using server = await receiver()
    await outcomeOf(folder.path, server, { journal })
    const lines = readFileSync(journal, 'utf8').split('\n')
    const at = lines.findIndex((line) => line.includes('"done"'))
    lines[at] = '\0\0\0\xff'.padEnd(lines[at]?.length ?? 0)
    writeFileSync(journal, lines.join('\n'))
    const { summary } = await outcomeOf(folder.path, server, { journal })
    expect(summary).toMatchObject({ uploaded: 1, skipped: 11 })
  })

  it('whose first line was torn, or that is empty, begins anew', async () => {
    using folder = testFolder(FILES)
    using elsewhere = testFolder()
    await using server = await receiver()
    for (const text of ['', '{', '{"journal":"ruddle-up', '{"journal":"ruddle-upload","v":1,"run":"x']) {
      const journal = elsewhere.write('journal', Buffer.from(text))
      expect((await outcomeOf(folder.path, server, { journal })).summary.uploaded).toBe(12)
      expect((await outcomeOf(folder.path, server, { journal })).summary.skipped).toBe(12)
    }
  })

  const foreign: Record<string, string | Uint8Array> = {
    'a picture': jpeg(100_000),
    'a text': 'Dear diary,\ntoday\n',
    'JSON of something else': '{"name":"x"}\n',
    'a journal of another version': '{"journal":"ruddle-upload","v":2,"run":"x"}\n',
    'one endless line': 'x'.repeat(200_000),
  }
  for (const [what, content] of Object.entries(foreign)) {
    it(`is not made of ${what}, which stays as it is`, async () => {
      using folder = testFolder(FILES)
      using elsewhere = testFolder()
      await using server = await receiver()
      const journal = elsewhere.write('journal', Buffer.from(content))
      expect(await rejection(folder.path, server, { journal })).toMatchObject({ code: 'JOURNAL_INVALID' })
      expect(readFileSync(journal).equals(Buffer.from(content))).toBe(true)
      expect(existsSync(`${journal}.lock`)).toBe(false)
      expect(server.connections).toBe(0)
    })
  }

  it('of another folder, URL or field is refused, and says which it is', async () => {
    using folder = testFolder(FILES)
    using elsewhere = testFolder({ 'a.jpg': jpeg(100) })
    const journal = join(folder.path, '.journal')
    await using server = await receiver()
    await outcomeOf(folder.path, server, { journal })
    const others: [string, Partial<UploadOptions>, string][] = [
      [elsewhere.path, {}, 'root'],
      [folder.path, { url: `${server.url}/other` }, 'url'],
      [folder.path, { field: 'photo' }, 'field'],
    ]
    for (const [path, options, what] of others) {
      const error = await rejection(path, server, { journal, ...options })
      expect(error).toBeInstanceOf(UploadError)
      expect(error).toMatchObject({ code: 'JOURNAL_INVALID', message: expect.stringContaining(`with the ${what}`) })
    }
  })

  it('that cannot be written is refused', async () => {
    using folder = testFolder(FILES)
    await using server = await receiver()
    const nowhere = join(folder.path, 'no/such/folder/journal')
    expect(await rejection(folder.path, server, { journal: nowhere })).toMatchObject({ code: 'JOURNAL_LOCKED' })
    expect(await rejection(folder.path, server, { journal: '/dev/null' })).toMatchObject({
      code: expect.stringMatching(/^JOURNAL/),
    })
    expect(server.connections).toBe(0)
  })

  it('is read and not touched by a dry run', async () => {
    using folder = testFolder(FILES)
    using elsewhere = testFolder()
    const journal = join(elsewhere.path, 'journal')
    await using server = await receiver()
    const unsent = await outcomeOf(folder.path, server, { journal, dryRun: true })
    expect(unsent.summary).toMatchObject({ skipped: 12, byReason: { 'dry-run': 12 } })
    expect(existsSync(journal)).toBe(false)
    await outcomeOf(folder.path, server, { journal })
    folder.write('new.jpg', jpeg(100, 98))
    const before = readFileSync(journal)
    const { summary } = await outcomeOf(folder.path, server, { journal, dryRun: true })
    expect(summary.byReason).toEqual({ journal: 12, 'dry-run': 1 })
    expect(readFileSync(journal).equals(before)).toBe(true)
  })
})

describe('the lock of a journal', () => {
  it('keeps a second run out, which says which file to delete', async () => {
    using folder = testFolder(FILES)
    using elsewhere = testFolder()
    const journal = join(elsewhere.path, 'journal')
    await using server = await receiver()
    const first = uploadFolder(folder.path, { url: server.url, journal })
    const iterator = first[Symbol.asyncIterator]()
    await iterator.next()
    const second = await uploadFolder(folder.path, { url: server.url, journal }).then(
      () => undefined,
      (error: unknown) => error,
    )
    expect(second).toMatchObject({ code: 'JOURNAL_LOCKED', message: expect.stringContaining(`${journal}.lock`) })
    while (!(await iterator.next()).done);
    expect(await first).toMatchObject({ uploaded: 12 })
    expect(existsSync(`${journal}.lock`)).toBe(false)
  })

  const gone: Record<string, string> = {
    'of a process that is gone': JSON.stringify({ host: hostname(), pid: 2 ** 22 + 1, started: '1' }),
    'of a number that another process has by now': JSON.stringify({ host: hostname(), pid: process.pid, started: '1' }),
  }
  for (const [what, text] of Object.entries(gone)) {
    it(`${what} is taken over`, async () => {
      using folder = testFolder(FILES)
      using elsewhere = testFolder()
      const journal = join(elsewhere.path, 'journal')
      writeFileSync(`${journal}.lock`, text)
      await using server = await receiver()
      expect((await outcomeOf(folder.path, server, { journal })).summary.uploaded).toBe(12)
      expect(existsSync(`${journal}.lock`)).toBe(false)
      expect(existsSync(`${journal}.lock.takeover`)).toBe(false)
    })
  }

  const held: Record<string, string> = {
    'of another machine': JSON.stringify({ host: 'elsewhere', pid: 1, started: '1' }),
    'that is just being written': '',
    'of the process with number 1': JSON.stringify({ host: hostname(), pid: 1, started: startOf(1) }),
  }
  for (const [what, text] of Object.entries(held)) {
    it(`${what} is heeded`, async () => {
      using folder = testFolder(FILES)
      using elsewhere = testFolder()
      const journal = join(elsewhere.path, 'journal')
      writeFileSync(`${journal}.lock`, text)
      await using server = await receiver()
      expect(await rejection(folder.path, server, { journal })).toMatchObject({ code: 'JOURNAL_LOCKED' })
      expect(readFileSync(`${journal}.lock`, 'utf8')).toBe(text)
    })
  }

  it('is released after an abort', async () => {
    using folder = testFolder(FILES)
    using elsewhere = testFolder()
    const journal = join(elsewhere.path, 'journal')
    await using server = await receiver({ fault: () => ({ when: 'whole', act: () => {} }) })
    const upload = uploadFolder(folder.path, { url: server.url, journal })
    upload.on('start', () => upload.abort())
    await expect(upload).rejects.toMatchObject({ code: 'ABORTED' })
    expect(existsSync(`${journal}.lock`)).toBe(false)
  })
})

it('a journal that grows by more than its own lines is read to its end', async () => {
  using folder = testFolder(FILES)
  using elsewhere = testFolder()
  const journal = join(elsewhere.path, 'journal')
  await using server = await receiver()
  await outcomeOf(folder.path, server, { journal })
  // more than one block of reading, with lines that lie across the blocks
  appendFileSync(journal, `${JSON.stringify({ begun: 'x'.repeat(22), path: 'ä'.repeat(300) })}\n`.repeat(1000))
  expect((await outcomeOf(folder.path, server, { journal })).summary.skipped).toBe(12)
})

function startOf(pid: number): string {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? ''
}
