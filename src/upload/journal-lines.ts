import { randomUUID } from 'node:crypto'
import { readSync } from 'node:fs'
import { UploadError } from './errors.ts'

const NAME = 'ruddle-upload'
const LONGEST_LINE = 64 * 1024

/** What a journal belongs to; nothing of it is secret. */
export interface JournalOwner {
  /** Without user name, password and query. */
  readonly url: string
  readonly root: string
  readonly field: string
}

/** The first line. */
export function headerLine(run: string, owner: JournalOwner): object {
  return { journal: NAME, v: 1, run, ...owner }
}

export interface Past {
  readonly runId: string
  readonly done: Set<string>
  /** Where the last whole line ends. */
  readonly end: number
}

/** Reads the lines of a journal. What cannot be read of a line that is whole only leads to sending that file again. */
export function replay(fd: number, path: string, owner: JournalOwner): Past {
  const done = new Set<string>()
  let runId: string | undefined
  let end = 0
  for (const line of lines(fd, path)) {
    if (runId === undefined) runId = checkedRunId(line.text, path, owner)
    else {
      const key = parse(line.text)?.['done']
      if (typeof key === 'string') done.add(key)
    }
    end = line.end
  }
  // Something without a single whole line: the very first line of a journal, torn, or no journal at all.
  if (runId === undefined && !isTornHeader(fd)) throw invalid(path, 'is not a journal')
  return { runId: runId ?? randomUUID(), done, end }
}

function isTornHeader(fd: number): boolean {
  const start = Buffer.alloc(512)
  const text = start.toString('utf8', 0, readSync(fd, start, 0, start.length, 0))
  const header = `{"journal":"${NAME}"`
  return header.startsWith(text.slice(0, header.length))
}

function checkedRunId(line: string, path: string, owner: JournalOwner): string {
  const header = parse(line)
  if (header?.['journal'] !== NAME || typeof header['run'] !== 'string') throw invalid(path, 'is not a journal')
  if (header['v'] !== 1) throw invalid(path, `has the unknown version ${String(header['v'])}`)
  for (const [name, value] of Object.entries(owner)) {
    if (header[name] !== value)
      throw invalid(path, `belongs to another upload, with the ${name} ${String(header[name])}`)
  }
  return header['run']
}

/** The whole lines, and where in the file each ends. */
function* lines(fd: number, path: string): Generator<{ text: string; end: number }> {
  const chunk = Buffer.allocUnsafe(LONGEST_LINE)
  let rest = Buffer.alloc(0)
  for (let at = 0; ; ) {
    const got = readSync(fd, chunk, 0, chunk.length, at)
    if (got === 0) return
    const text = Buffer.concat([rest, chunk.subarray(0, got)])
    const start = at - rest.length
    at += got
    let from = 0
    for (let end = text.indexOf(10); end >= 0; end = text.indexOf(10, from)) {
      yield { text: text.toString('utf8', from, end), end: start + end + 1 }
      from = end + 1
    }
    rest = text.subarray(from)
    if (rest.length > LONGEST_LINE) throw invalid(path, 'is not a journal')
  }
}

function parse(line: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(line)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}

function invalid(path: string, what: string): UploadError {
  return new UploadError('JOURNAL_INVALID', `Expected a journal of this upload, but ${path} ${what}`)
}
