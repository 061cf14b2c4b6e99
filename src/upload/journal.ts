import { randomUUID } from 'node:crypto'
import { closeSync, fdatasync, fdatasyncSync, fstatSync, ftruncateSync, openSync, writeSync } from 'node:fs'
import { codeOf, UploadError } from './errors.ts'
import type { FileEntry, OpenFile } from './file-source.ts'
import { headerLine, type JournalOwner, type Past, replay } from './journal-lines.ts'
import { lock } from './lock.ts'

/** What was sent, kept on disk line by line, so that a run after a crash goes on where the last one was. */
export interface Journal {
  /** Part of every key: the keys of one journal stay the same over its runs. */
  readonly runId: string
  /** Bytes of a line that a crash had torn, and that were cut off. */
  readonly tornBytes: number
  isDone(key: string): boolean
  begun(key: string, entry: FileEntry, file: OpenFile): void
  done(key: string, status: number): void
  failed(key: string, code: string): void
  close(): void
}

const SYNC_EVERY_MS = 100

/** Opens a journal, or begins one, and locks it. `readOnly` neither locks nor changes anything. */
export function openJournal(
  path: string,
  owner: JournalOwner,
  { readOnly = false }: { readOnly?: boolean } = {},
): Journal {
  if (readOnly) return readJournal(path, owner)
  const release = lock(path)
  try {
    return writeJournal(path, owner, release)
  } catch (error) {
    release()
    throw error
  }
}

function readJournal(path: string, owner: JournalOwner): Journal {
  let past: Past | undefined
  try {
    const fd = openSync(path, 'r')
    try {
      past = replay(fd, path, owner)
    } finally {
      closeSync(fd)
    }
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw unusable(path, error)
  }
  const nothing = (): void => {}
  const isDone = (key: string): boolean => past?.done.has(key) ?? false
  const runId = past?.runId ?? randomUUID()
  return { runId, tornBytes: 0, isDone, begun: nothing, done: nothing, failed: nothing, close: nothing }
}

function writeJournal(path: string, owner: JournalOwner, release: () => void): Journal {
  let fd: number
  try {
    // 'a+' may be read, too, and every write goes to the end
    fd = openSync(path, 'a+')
  } catch (error) {
    throw unusable(path, error)
  }
  let past: Past
  let tornBytes: number
  try {
    if (!fstatSync(fd).isFile()) throw new Error('it is not a regular file')
    past = replay(fd, path, owner)
    tornBytes = fstatSync(fd).size - past.end
    ftruncateSync(fd, past.end)
    if (past.end === 0) write(headerLine(past.runId, owner))
  } catch (error) {
    closeSync(fd)
    throw unusable(path, error)
  }
  let lastSync = performance.now()
  let syncing = false
  let open = true

  function write(line: object): void {
    // one write a line: a crash tears at most the last one
    writeSync(fd, `${JSON.stringify(line)}\n`)
  }

  /** Against a loss of power, now and then: a process that is killed loses nothing that was written. */
  function add(line: object): void {
    write(line)
    const now = performance.now()
    if (syncing || now - lastSync < SYNC_EVERY_MS) return
    lastSync = now
    syncing = true
    fdatasync(fd, () => {
      syncing = false
      if (!open) closeSync(fd)
    })
  }

  return {
    runId: past.runId,
    tornBytes,
    isDone: (key) => past.done.has(key),
    begun: (key, { relativePath, rawPath }, { size, modifiedMs }) =>
      add({
        begun: key,
        path: relativePath,
        ...(rawPath && { rawPath: Buffer.from(rawPath).toString('base64') }),
        size,
        modifiedMs,
      }),
    done(key, status) {
      past.done.add(key)
      add({ done: key, status })
    },
    failed: (key, code) => add({ failed: key, code }),
    close() {
      open = false
      fdatasyncSync(fd)
      if (!syncing) closeSync(fd)
      release()
    },
  }
}

function unusable(path: string, error: unknown): UploadError {
  if (error instanceof UploadError) return error
  return new UploadError('JOURNAL_INVALID', `The journal ${path} cannot be used: ${String(error)}`, { cause: error })
}
