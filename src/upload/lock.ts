import { readFileSync, statSync, unlinkSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { codeOf, UploadError } from './errors.ts'

/** A takeover is two system calls long; a file that is older was left behind by a crash. */
const TAKEOVER_MS = 10_000

/**
 * Keeps a second process out of a file as long as this one lives, by a file beside it that names the holder.
 * Gives what releases it; throws `JOURNAL_LOCKED`. The lock of a process that is gone is taken over.
 */
export function lock(path: string): () => void {
  const lockPath = `${path}.lock`
  const mine = JSON.stringify({ host: hostname(), pid: process.pid, started: startOf(process.pid) })
  if (!create(lockPath, mine)) takeOver(lockPath, mine)
  return () => {
    if (read(lockPath) === mine) unlinkSync(lockPath)
  }
}

/** Two that find the same dead holder must not both win: who makes the takeover file may replace the lock. */
function takeOver(lockPath: string, mine: string): void {
  if (isHeld(lockPath)) throw held(lockPath)
  const takeover = `${lockPath}.takeover`
  if (!create(takeover, mine)) {
    if (ageOf(takeover) > TAKEOVER_MS) unlinkSync(takeover)
    throw held(lockPath)
  }
  try {
    if (isHeld(lockPath)) throw held(lockPath)
    if (read(lockPath) !== undefined) unlinkSync(lockPath)
    if (!create(lockPath, mine)) throw held(lockPath)
  } finally {
    unlinkSync(takeover)
  }
}

function create(path: string, text: string): boolean {
  try {
    writeFileSync(path, text, { flag: 'wx' })
    return true
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false
    throw new UploadError('JOURNAL_LOCKED', `The lock ${path} cannot be made: ${String(error)}`, { cause: error })
  }
}

function isHeld(lockPath: string): boolean {
  const text = read(lockPath)
  if (text === undefined) return false
  const holder = parse(text)
  // just made and not yet written, or left by a crash in between
  if (!holder) return ageOf(lockPath) < TAKEOVER_MS
  // of another machine nothing can be known
  if (holder.host !== hostname()) return true
  return isAlive(holder.pid) && startOf(holder.pid) === holder.started
}

function parse(text: string): { host: string; pid: number; started: string } | undefined {
  try {
    const { host, pid, started } = JSON.parse(text) as Record<string, unknown>
    if (typeof host !== 'string' || typeof pid !== 'number' || typeof started !== 'string') return undefined
    return { host, pid, started }
  } catch {
    return undefined
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return codeOf(error) === 'EPERM'
  }
}

/** When a process started, as Linux tells it: numbers of processes are used again. Elsewhere the number has to do. */
function startOf(pid: number): string {
  const stat = read(`/proc/${pid}/stat`) ?? ''
  // the second field is a name in brackets that may hold anything; the start is the 22nd
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? ''
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}

function ageOf(path: string): number {
  return Date.now() - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Date.now())
}

function held(lockPath: string): UploadError {
  const message = `Another upload is using the journal; if there is none, delete ${lockPath}`
  return new UploadError('JOURNAL_LOCKED', message)
}
