import { execFileSync } from 'node:child_process'
import {
  appendFileSync,
  mkdirSync,
  renameSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { type FileResult, uploadFolder } from '../../src/upload/index.ts'
import { faultySource, systemError } from './faulty-source.ts'
import { jpeg, testFolder } from './folder.ts'
import { HASTY, outcomeOf } from './outcome.ts'
import { answers, hashOf, receiver } from './receiver.ts'

const SMALL = jpeg(5000, 2)
const LARGE = jpeg(8_000_000, 3)
const NEIGHBOURS = { 'a.jpg': jpeg(2000, 1), 'z.jpg': jpeg(900_000, 4) }

/** The results of the others, which must not notice anything. */
function expectUndisturbed(results: ReadonlyMap<string, FileResult>): void {
  for (const name of Object.keys(NEIGHBOURS))
    expect(results.get(name)).toMatchObject({ status: 'uploaded', attempts: 1 })
}

describe('a file that changes while it is sent', () => {
  const changes: Record<string, { change: (path: string) => void; becomes: Uint8Array | 'empty' }> = {
    grows: { change: (path) => appendFileSync(path, 'more'), becomes: Buffer.concat([LARGE, Buffer.from('more')]) },
    shrinks: { change: (path) => truncateSync(path, 1_000_000), becomes: LARGE.subarray(0, 1_000_000) },
    'is emptied': { change: (path) => truncateSync(path, 0), becomes: 'empty' },
    'is replaced': {
      change: (path) => {
        writeFileSync(`${path}.new`, SMALL)
        renameSync(`${path}.new`, path)
      },
      becomes: SMALL,
    },
    'is written again with the same size': {
      change: (path) => writeFileSync(path, jpeg(LARGE.length, 9)),
      becomes: jpeg(LARGE.length, 9),
    },
    'is touched': { change: (path) => utimesSync(path, 1, 1), becomes: LARGE },
  }
  for (const [what, { change, becomes }] of Object.entries(changes)) {
    it(`and ${what} is sent again as it is now`, async () => {
      using folder = testFolder({ ...NEIGHBOURS, 'b.jpg': LARGE })
      await using server = await receiver({
        // the first of it has come, so it is being read
        fault: ({ name, attempt }) => {
          if (name === 'b.jpg' && attempt === 1) change(join(folder.path, 'b.jpg'))
          return undefined
        },
      })
      const { results } = await outcomeOf(folder.path, server)
      const stored = server.received.filter(({ name }) => name === 'b.jpg')
      if (becomes === 'empty') {
        expect(results.get('b.jpg')).toMatchObject({ status: 'skipped', reason: 'empty' })
        expect(stored).toEqual([])
      } else {
        expect(results.get('b.jpg')).toMatchObject({ status: 'uploaded', size: becomes.length, attempts: 2 })
        expect(stored.map(({ hash }) => hash)).toEqual([hashOf(becomes)])
      }
      expectUndisturbed(results)
    })
  }

  it('and vanishes fails: whether it was meant to be sent nobody knows', async () => {
    using folder = testFolder({ ...NEIGHBOURS, 'b.jpg': LARGE })
    await using server = await receiver({
      fault: ({ name, attempt }) => {
        if (name === 'b.jpg' && attempt === 1) unlinkSync(join(folder.path, 'b.jpg'))
        return undefined
      },
    })
    const { results } = await outcomeOf(folder.path, server)
    expect(results.get('b.jpg')).toMatchObject({ status: 'failed', error: { code: 'ENOENT' } })
    expect(server.received.some(({ name }) => name === 'b.jpg')).toBe(false)
    expectUndisturbed(results)
  })

  it('every time is given up', async () => {
    using folder = testFolder({ ...NEIGHBOURS, 'b.jpg': LARGE })
    await using server = await receiver({
      fault: ({ name }) => {
        if (name === 'b.jpg') appendFileSync(join(folder.path, 'b.jpg'), 'x')
        return undefined
      },
    })
    const { results } = await outcomeOf(folder.path, server, { retry: { attempts: 3, baseMs: 0 } })
    expect(results.get('b.jpg')).toMatchObject({
      status: 'failed',
      attempts: 3,
      error: { code: 'ESOURCECHANGED', phase: 'read', retryable: true },
    })
    expect(server.received.some(({ name }) => name === 'b.jpg')).toBe(false)
    expectUndisturbed(results)
  })
})

describe('a file that cannot be read', () => {
  const FILES = { ...NEIGHBOURS, 'b.jpg': SMALL }
  const failing: Record<string, { code: string; phase: string; tries: number; at: 'open' | 'read' }> = {
    'is not there any more': { code: 'ENOENT', phase: 'open', tries: 1, at: 'open' },
    'may not be read': { code: 'EACCES', phase: 'open', tries: 1, at: 'open' },
    'has a loop of links': { code: 'ELOOP', phase: 'open', tries: 1, at: 'open' },
    'meets too many open files': { code: 'EMFILE', phase: 'open', tries: 5, at: 'open' },
    'lies on a broken disk': { code: 'EIO', phase: 'read', tries: 5, at: 'read' },
    'is a directory by now': { code: 'EISDIR', phase: 'read', tries: 1, at: 'read' },
  }
  for (const [what, { code, phase, tries, at }] of Object.entries(failing)) {
    it(`as it ${what} fails with ${code}`, async () => {
      let opened = 0
      const fault = {
        open() {
          opened++
          if (at === 'open') throw systemError(code)
        },
        read() {
          throw systemError(code)
        },
      }
      await using server = await receiver()
      const { results } = await outcomeOf(faultySource(FILES, { 'b.jpg': fault }), server)
      expect(results.get('b.jpg')).toMatchObject({ status: 'failed', attempts: 0, error: { code, phase } })
      expect(opened).toBe(tries)
      expectUndisturbed(results)
    })
  }

  it('once is read again', async () => {
    const read = (attempt: number, real: () => number | Promise<number>): number | Promise<number> => {
      if (attempt === 1) throw systemError('EIO')
      return real()
    }
    await using server = await receiver()
    const { results } = await outcomeOf(faultySource(FILES, { 'b.jpg': { read } }), server)
    expect(results.get('b.jpg')?.status).toBe('uploaded')
    expectUndisturbed(results)
  })

  it('breaks off in the middle, and the server does not take the half of it', async () => {
    const read = async (
      _: number,
      real: () => number | Promise<number>,
      __: number,
      position: number,
    ): Promise<number> => {
      if (position > 3_000_000) throw systemError('EIO')
      return await real()
    }
    await using server = await receiver()
    const source = faultySource({ ...NEIGHBOURS, 'b.jpg': LARGE }, { 'b.jpg': { read } })
    const { results } = await outcomeOf(source, server, { retry: { attempts: 2, baseMs: 0 } })
    expect(results.get('b.jpg')).toMatchObject({ status: 'failed', attempts: 2, error: { code: 'EIO', phase: 'read' } })
    expect(server.received.some(({ name }) => name === 'b.jpg')).toBe(false)
    expectUndisturbed(results)
  })

  it('ends before its size is void', async () => {
    const read = (attempt: number, real: () => number | Promise<number>): number | Promise<number> =>
      attempt === 1 ? 0 : real()
    await using server = await receiver()
    const { results } = await outcomeOf(faultySource(FILES, { 'b.jpg': { read } }), server)
    expect(results.get('b.jpg')).toMatchObject({ status: 'uploaded' })
    expectUndisturbed(results)
  })

  it('comes in small pieces arrives whole', async () => {
    const bytes = jpeg(300_000, 7)
    const source = faultySource({ 'b.jpg': bytes, 's.jpg': SMALL })
    const open = source.open
    source.open = (entry) => {
      const file = open(entry) as Awaited<ReturnType<typeof open>>
      return {
        ...file,
        read: async (buffer, length, position) => await file.read(buffer, Math.min(length, 999), position),
      }
    }
    await using server = await receiver()
    await outcomeOf(source, server)
    expect(server.received.map(({ hash }) => hash).sort()).toEqual([hashOf(bytes), hashOf(SMALL)].sort())
  })

  it('changed between its size and its bytes is void, even if it is small', async () => {
    await using server = await receiver()
    const source = faultySource(FILES, { 'b.jpg': { unchanged: (attempt) => attempt > 1 } })
    const { results } = await outcomeOf(source, server)
    expect(results.get('b.jpg')?.status).toBe('uploaded')
    expect(server.requests.filter(({ name }) => name === 'b.jpg').length).toBe(1)
    expectUndisturbed(results)
  })
})

describe('what is not a file of a picture', () => {
  it('is skipped with the reason, and never opened', async () => {
    using folder = testFolder({
      ...NEIGHBOURS,
      'empty.jpg': Buffer.alloc(0),
      'note.jpg': Buffer.from('hello'),
      'one.jpg': Buffer.from([0xff]),
    })
    execFileSync('mkfifo', [join(folder.path, 'fifo.jpg')])
    symlinkSync('a.jpg', join(folder.path, 'link.jpg'))
    mkdirSync(join(folder.path, 'folder.jpg'))
    const socket = createServer().listen(join(folder.path, 'socket.jpg'))
    await using server = await receiver()
    const { results } = await outcomeOf(folder.path, server)
    socket.close()
    const reasons = Object.fromEntries([...results].map(([name, { reason, status }]) => [name, reason ?? status]))
    expect(reasons).toEqual({
      'a.jpg': 'uploaded',
      'z.jpg': 'uploaded',
      'empty.jpg': 'empty',
      'note.jpg': 'not-an-image',
      'one.jpg': 'not-an-image',
      'fifo.jpg': 'not-a-file',
      'socket.jpg': 'not-a-file',
      'link.jpg': 'symlink',
    })
  })

  it('but a picture is sent whatever its name says', async () => {
    using folder = testFolder({ 'notes.txt': SMALL })
    await using server = await receiver()
    const { results } = await outcomeOf(folder.path, server)
    expect(results.get('notes.txt')).toMatchObject({ status: 'uploaded', contentType: 'image/jpeg' })
    expect(server.received[0]?.type).toBe('image/jpeg')
  })

  it('and a picture that is too large is skipped', async () => {
    using folder = testFolder(NEIGHBOURS)
    await using server = await receiver()
    const { results } = await outcomeOf(folder.path, server, { maxFileBytes: 2000 })
    expect(results.get('z.jpg')).toMatchObject({ status: 'skipped', reason: 'too-large' })
  })

  it('everything is sent without sniffing', async () => {
    using folder = testFolder({ 'note.txt': Buffer.from('hello'), 'a.jpg': SMALL })
    await using server = await receiver()
    const { results } = await outcomeOf(folder.path, server, { sniff: false })
    expect(results.get('note.txt')).toMatchObject({ status: 'uploaded', contentType: 'application/octet-stream' })
    expect(results.get('a.jpg')).toMatchObject({ contentType: 'image/jpeg' })
  })
})

describe('symbolic links', () => {
  it('when followed lead to each real file once, under its own name', async () => {
    using outside = testFolder({ 'far.jpg': jpeg(100, 8), 'deep/er.jpg': jpeg(100, 9) })
    using folder = testFolder({ 'sub/real.jpg': jpeg(100, 1), 'real.jpg': jpeg(100, 2) })
    const link = (target: string, name: string): void => symlinkSync(target, join(folder.path, name))
    link('real.jpg', '0-first.jpg')
    link('.', 'sub/up')
    link('..', 'sub/cycle')
    link(outside.path, 'outside')
    link(join(outside.path, 'far.jpg'), 'sub/far-again.jpg')
    link('nowhere.jpg', 'dangling.jpg')
    link('loop-b.jpg', 'loop-a.jpg')
    link('loop-a.jpg', 'loop-b.jpg')
    await using server = await receiver()
    const { results } = await outcomeOf(folder.path, server, { followSymlinks: true })
    const uploaded = server.received.map(({ hash }) => hash)
    expect(new Set(uploaded).size).toBe(uploaded.length)
    expect(uploaded.length).toBe(4)
    expect(results.get('real.jpg')?.status).toBe('uploaded')
    expect(results.get('0-first.jpg')).toMatchObject({ status: 'skipped', reason: 'duplicate' })
    expect(results.get('outside/deep/er.jpg')?.status).toBe('uploaded')
    expect(results.get('dangling.jpg')?.error).toMatchObject({ code: 'ENOENT', phase: 'list' })
    expect(results.get('loop-a.jpg')?.error).toMatchObject({ code: 'ELOOP', phase: 'list' })
  })
})

describe('the listing', () => {
  it('of a folder that is not there, or is a file, rejects before anything is sent', async () => {
    using folder = testFolder({ 'a.jpg': SMALL })
    await using server = await receiver()
    const code = 'FOLDER_UNUSABLE'
    for (const path of [join(folder.path, 'nowhere'), join(folder.path, 'a.jpg')]) {
      await expect(uploadFolder(path, { url: server.url, journal: join(folder.path, 'j') })).rejects.toMatchObject({
        code,
        phase: 'list',
      })
    }
    expect(server.connections).toBe(0)
  })

  it('of a source that breaks off rejects after what is in flight is done', async () => {
    const source = faultySource({ 'a.jpg': SMALL })
    const failing = {
      ...source,
      async *list(signal: AbortSignal) {
        yield* source.list(signal)
        throw new Error('the index is gone')
      },
    }
    await using server = await receiver()
    await expect(uploadFolder(failing, { url: server.url, ...HASTY })).rejects.toMatchObject({ code: 'LIST_FAILED' })
    expect(server.received.length).toBe(1)
  })

  it('reports a folder below that cannot be read as a failure and goes on', async () => {
    const source = faultySource(NEIGHBOURS)
    const partly = {
      ...source,
      async *list(signal: AbortSignal) {
        yield { path: '/memory/sub', relativePath: 'sub', error: systemError('EACCES') }
        yield* source.list(signal)
      },
    }
    await using server = await receiver()
    const { results } = await outcomeOf(partly, server)
    expect(results.get('sub')).toMatchObject({ status: 'failed', error: { code: 'EACCES', phase: 'list' } })
    expectUndisturbed(results)
  })

  it('a path longer than the system allows is such a failure', async () => {
    using folder = testFolder(NEIGHBOURS)
    const step = 'd'.repeat(200)
    execFileSync('sh', ['-c', `for i in $(seq 30); do mkdir ${step} && cd ${step} || exit 0; done`], {
      cwd: folder.path,
      stdio: 'ignore', // it says that it can go no deeper
    })
    try {
      await using server = await receiver()
      const { results } = await outcomeOf(folder.path, server)
      const failures = [...results.values()].filter(({ status }) => status === 'failed')
      expect(failures.map(({ error }) => error?.code)).toEqual(['ENAMETOOLONG'])
      expectUndisturbed(results)
    } finally {
      // Node itself cannot remove such a path
      execFileSync('rm', ['-rf', folder.path])
    }
  })
})

describe('callbacks', () => {
  it('fields that throw fail the file alone', async () => {
    using folder = testFolder({ ...NEIGHBOURS, 'b.jpg': SMALL })
    await using server = await receiver()
    const fields = ({ relativePath }: { relativePath: string }): Record<string, string> => {
      if (relativePath === 'b.jpg') throw new Error('no id')
      return { client_id: '7' }
    }
    const { results } = await outcomeOf(folder.path, server, { fields })
    expect(results.get('b.jpg')?.error).toMatchObject({ code: 'CALLBACK_FAILED', retryable: false })
    expectUndisturbed(results)
  })

  it('a refusal of one file leaves the others alone', async () => {
    using folder = testFolder({ ...NEIGHBOURS, 'b.jpg': SMALL })
    await using server = await receiver({
      fault: ({ name }) => (name === 'b.jpg' ? answers(415, {}, '{"error":"x"}') : undefined),
    })
    const { results } = await outcomeOf(folder.path, server)
    expect(results.get('b.jpg')?.response).toMatchObject({ status: 415, body: '{"error":"x"}' })
    expectUndisturbed(results)
  })
})
