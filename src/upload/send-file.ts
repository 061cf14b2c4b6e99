import { hash } from 'node:crypto'
import type { Credentials } from './credentials.ts'
import { inPhase, UploadError } from './errors.ts'
import { readStart } from './file-body.ts'
import type { FileEntry, FileSource, OpenFile, SkipReason } from './file-source.ts'
import { follow } from './follow.ts'
import { detectImageType } from './image-type.ts'
import type { Journal } from './journal.ts'
import type { Limits } from './limits.ts'
import type { Frame, Framer } from './multipart.ts'
import type { HeaderFields, Settings } from './options.ts'
import type { FileResult } from './result.ts'
import { backoffMs, isRetryable, retryAfterMs } from './retry.ts'
import type { Transport, UploadRequest, UploadResponse } from './transport.ts'
import type { FileRetry, FileStart } from './upload-folder.ts'

/** What the files of one upload share. */
export interface Run {
  readonly id: string
  readonly settings: Settings
  readonly source: FileSource
  readonly transport: Transport
  readonly frame: Framer
  readonly credentials: Credentials
  readonly limits: Limits
  readonly journal: Journal | undefined
  readonly signal: AbortSignal
  onStart(start: FileStart): void
  /** Bytes handed to the system; negative when an attempt was in vain. */
  onSent(bytes: number): void
  onRetry(retry: FileRetry): void
}

/** What is known about a file, attempt by attempt. */
interface Known {
  size: number
  contentType: string
  key: string
  attempts: number
  response: UploadResponse | undefined
}

/** Sends one file, as often as it takes and is allowed. Never rejects but when the journal cannot be written. */
export async function sendFile(entry: FileEntry, run: Run, lane: Buffer): Promise<FileResult> {
  const { limits, settings, signal } = run
  const { retry, clock } = settings
  const begun = performance.now()
  const known: Known = { size: 0, contentType: '', key: '', attempts: 0, response: undefined }
  const result = (rest: Pick<FileResult, 'status' | 'error' | 'reason'>): FileResult => ({
    path: entry.path,
    relativePath: entry.relativePath,
    ...(entry.rawPath && { rawPath: Buffer.from(entry.rawPath).toString('base64') }),
    size: known.size,
    contentType: known.contentType,
    key: known.key,
    attempts: known.attempts,
    ...(known.response && { response: known.response }),
    durationMs: performance.now() - begun,
    ...rest,
  })
  const failed = (error: UploadError): FileResult => {
    const { code, message, phase = 'send' } = error
    if (phase !== 'stopped') {
      limits.failed(error)
      if (known.key !== '') run.journal?.failed(known.key, code)
    }
    const retryable = phase === 'stopped' || isRetryable(error, true)
    return result({ status: 'failed', error: { code, message, retryable, phase } })
  }

  if (entry.skip) return result({ status: 'skipped', reason: entry.skip })
  if (entry.error) return failed(inPhase(entry.error, 'list'))
  limits.begun()
  let renewed = false
  for (let attempt = 1; ; attempt++) {
    const stopped = limits.stopped()
    if (stopped) return failed(stopped)
    let error: UploadError
    let wait: number | undefined
    try {
      const gate = limits.gate(signal)
      if (gate) await gate
      signal.throwIfAborted()
      const skip = await attemptOnce(entry, run, lane, known)
      if (skip) return result({ status: 'skipped', reason: skip })
      limits.succeeded()
      return result({ status: 'uploaded' })
    } catch (thrown) {
      error = signal.aborted ? aborted(signal) : inPhase(thrown, 'send')
    }
    if (error.code === 'HTTP_401' && settings.headersChange && !renewed) {
      renewed = true
      attempt--
      run.credentials.renew()
      continue
    }
    const again = isRetryable(error, retry.ambiguous) || (error.code === 'ENOTFOUND' && limits.reached())
    if (!again || attempt >= retry.attempts || !limits.takeRetry()) return failed(error)
    const asked = retryAfterMs(known.response?.headers['retry-after'], clock.now())
    if (asked !== undefined) limits.hold(Math.min(asked, retry.maxRetryAfterMs))
    else wait = backoffMs(attempt, retry)
    run.onRetry({ entry, attempt, delayMs: wait ?? Math.min(asked ?? 0, retry.maxRetryAfterMs), error })
    if (wait !== undefined) await clock.sleep(wait, signal).catch(() => {})
  }
}

/** Opens, looks, sends. Gives the reason if the file is none to be sent; throws if it did not arrive. */
async function attemptOnce(entry: FileEntry, run: Run, lane: Buffer, known: Known): Promise<SkipReason | undefined> {
  const { settings } = run
  known.response = undefined
  let sent = 0
  let file: OpenFile
  try {
    const opening = run.source.open(entry)
    file = opening instanceof Promise ? await opening : opening
  } catch (error) {
    throw inPhase(error, 'open')
  }
  try {
    known.size = file.size
    if (!file.regular) return 'not-a-file'
    if (file.size === 0) return 'empty'
    if (file.size > settings.maxFileBytes) return 'too-large'
    known.key = keyOf(run.id, entry, file)
    if (run.journal?.isDone(known.key)) return 'journal'
    const start = await readStart(file, lane)
    const type = detectImageType(start.head, settings)
    if (type === undefined && settings.sniff) return 'not-an-image'
    known.contentType = type ?? 'application/octet-stream'
    if (settings.dryRun) return 'dry-run'

    const framed = run.frame(nameOf(entry), known.contentType, fieldsOf(entry, settings))
    run.journal?.begun(known.key, entry, file)
    known.attempts++
    run.onStart({ entry, size: file.size, contentType: known.contentType, attempt: known.attempts })
    const own = run.credentials.headers()
    const ours = headersOf(framed, known, settings)
    const request: UploadRequest = {
      url: settings.url,
      headers: { ...(own instanceof Promise ? await own : own), ...ours },
      contentLength: framed.before.length + file.size + framed.after.length,
      body: start.body(framed),
      timeouts: settings.timeouts,
      signal: run.signal,
      onSent(bytes) {
        // the framing is sent as well, but no more is counted than the file has
        const more = Math.min(bytes, file.size - sent)
        sent += more
        run.onSent(more)
      },
    }
    const response = await follow(run.transport, request, ours)
    known.response = response
    if (response.status < 200 || response.status >= 300) throw refusal(response)
    run.journal?.done(known.key, response.status)
    run.onSent(file.size - sent)
    return undefined
  } catch (error) {
    run.onSent(-sent)
    throw error
  } finally {
    await file.close()
  }
}

/** The same for every attempt and every run on the same journal, as long as the file stays the same. */
function keyOf(run: string, { relativePath, rawPath }: FileEntry, { size, modifiedMs }: OpenFile): string {
  const name = rawPath === undefined ? relativePath : Buffer.from(rawPath).toString('base64')
  const text = `${run}\n${name}\n${size}\n${modifiedMs}`
  return hash('sha256', text, 'base64url').slice(0, 22)
}

function headersOf({ contentType }: Frame, { key }: Known, { idempotencyHeader }: Settings): HeaderFields {
  if (idempotencyHeader === false) return { 'Content-Type': contentType }
  return { 'Content-Type': contentType, [idempotencyHeader]: key }
}

function nameOf({ relativePath }: FileEntry): string {
  return relativePath.slice(relativePath.lastIndexOf('/') + 1)
}

function fieldsOf(entry: FileEntry, { fields }: Settings): Record<string, string> | undefined {
  if (!fields) return undefined
  try {
    return Object.fromEntries(Object.entries(fields(entry)).map(([name, value]) => [name, String(value)]))
  } catch (error) {
    throw new UploadError('CALLBACK_FAILED', '`fields` threw', { cause: error, phase: 'open' })
  }
}

function refusal({ status, body }: UploadResponse): UploadError {
  const said = body.slice(0, 200)
  return new UploadError(`HTTP_${status}`, `The server answered ${status}${said && `: ${said}`}`, { phase: 'answer' })
}

function aborted({ reason }: AbortSignal): UploadError {
  return new UploadError('ABORTED', 'The upload was aborted', { cause: reason, phase: 'stopped' })
}
