import { existsSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, expect } from 'vitest'
import { UploadError } from '../../src/upload/errors.ts'
import { type Journal, openJournal } from '../../src/upload/journal.ts'
import { fuzzTest } from './fuzz-test.ts'
import { damagedText, oddJson } from './mutations.ts'

const folder = mkdtempSync(join(tmpdir(), 'ruddle-fuzz-'))
afterAll(() => rmSync(folder, { recursive: true }))
const path = join(folder, 'journal')

const owner = { url: 'http://localhost:4001/images', root: '/photos', field: 'image' }
const header = { journal: 'ruddle-upload', v: 1, run: 'b3f0', ...owner }
const lines = [
  { begun: 'k1', path: 'a.jpg', size: 12, modifiedMs: 1.5 },
  { done: 'k1', status: 201 },
  { begun: 'k2', path: 'b.jpg', rawPath: 'Yv8=', size: 12, modifiedMs: 1 },
  { failed: 'k2', code: 'HTTP_415' },
  { done: 'k3', status: 200 },
]

const doneLine = (key: string) => JSON.stringify(lines.find((line) => line.done === key))

const valid = fc
  .subarray(lines)
  .map((chosen) => [header, ...chosen].map((line) => `${JSON.stringify(line)}\n`).join(''))
/** Each line JSON, but not as it should be. */
const odd = fc
  .tuple(
    fc.oneof(fc.constant(JSON.stringify(header)), oddJson(fc.constant(header))),
    fc.array(oddJson(fc.constantFrom(...lines)), { maxLength: 3 }),
  )
  .map((texts) =>
    texts
      .flat()
      .map((text) => `${text}\n`)
      .join(''),
  )

const file = { entry: { path: '/photos/c.jpg', relativePath: 'c.jpg' }, open: { size: 1, modifiedMs: 1 } }

function open(readOnly: boolean): Journal | UploadError {
  try {
    return openJournal(path, owner, { readOnly })
  } catch (error) {
    if (error instanceof UploadError) return error
    throw error
  }
}

fuzzTest(
  'a journal is gone on with, keeping all its whole lines, or it is JOURNAL_INVALID and left as it is',
  { runs: 60, outcomes: ['used', 'refused'] },
  fc.oneof(damagedText(valid), odd).map((text) => Buffer.from(text)),
  (bytes) => {
    writeFileSync(path, bytes)
    const looked = open(true)
    expect(readFileSync(path).equals(bytes)).toBe(true)
    const journal = open(false)
    if (journal instanceof UploadError || looked instanceof UploadError) {
      expect([looked, journal]).toMatchObject([{ code: 'JOURNAL_INVALID' }, { code: 'JOURNAL_INVALID' }])
      expect(readFileSync(path).equals(bytes)).toBe(true)
      expect(existsSync(`${path}.lock`)).toBe(false)
      return 'refused'
    }
    try {
      const kept = bytes.subarray(0, bytes.lastIndexOf('\n') + 1)
      if (kept.length > 0) expect(readFileSync(path).equals(kept)).toBe(true)
      expect(journal.tornBytes).toBe(bytes.length - kept.length)
      const whole = kept.toString().split('\n').slice(1)
      for (const key of ['k1', 'k3']) {
        expect(journal.isDone(key)).toBe(looked.isDone(key))
        if (whole.includes(doneLine(key))) expect([key, journal.isDone(key)]).toEqual([key, true])
      }
      journal.begun('new', file.entry, {
        ...file.open,
        regular: true,
        read: () => 0,
        unchanged: () => true,
        close() {},
      })
      journal.done('new', 201)
    } finally {
      journal.close() // also for the smaller inputs that a failure is looked for with
    }
    const again = openJournal(path, owner, { readOnly: true })
    expect([again.runId, again.isDone('new'), again.isDone('k1')]).toEqual([journal.runId, true, journal.isDone('k1')])
    return 'used'
  },
)

const lockText = JSON.stringify({ host: hostname(), pid: 4_194_305, started: '1' })

fuzzTest(
  'a lock that nobody holds is taken over, and any other is JOURNAL_LOCKED',
  { runs: 50, outcomes: ['taken over', 'locked'] },
  fc.tuple(fc.oneof(damagedText(fc.constant(lockText)), oddJson(fc.constant(JSON.parse(lockText)))), fc.boolean()),
  ([text, isOld]) => {
    writeFileSync(path, `${JSON.stringify(header)}\n`)
    writeFileSync(`${path}.lock`, text)
    if (isOld) utimesSync(`${path}.lock`, 0, 0)
    const journal = open(false)
    rmSync(`${path}.lock.takeover`, { force: true })
    if (journal instanceof UploadError) {
      expect(journal.code).toBe('JOURNAL_LOCKED')
      expect(readFileSync(`${path}.lock`, 'utf8')).toBe(Buffer.from(text).toString())
      rmSync(`${path}.lock`)
      return 'locked'
    }
    journal.close()
    expect(existsSync(`${path}.lock`)).toBe(false)
    return 'taken over'
  },
)
