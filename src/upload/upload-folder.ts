import { dirname } from 'node:path'
import { EventEmitter } from 'eventemitter3'
import { UploadError } from './errors.ts'
import type { FileEntry, FileSource } from './file-source.ts'
import { localFile, localFolder, usableFolder } from './local-folder.ts'
import type { UploadOptions } from './options.ts'
import type { UploadProgress } from './progress.ts'
import { readOptions } from './read-options.ts'
import type { FileResult, UploadSummary } from './result.ts'
import { resultStream } from './result-stream.ts'
import { uploadAll } from './upload-all.ts'

export interface UploadEvents {
  /** How many files there are, from a second walk beside the upload that happens only if somebody listens. */
  plan: (plan: { readonly files: number; readonly complete: boolean }) => void
  /** A file is about to be sent. */
  start: (start: FileStart) => void
  /** At most ten times a second, and at the end. */
  progress: (progress: UploadProgress) => void
  /** An attempt failed and there will be another. */
  retry: (retry: FileRetry) => void
  result: (result: FileResult) => void
  /** Something to know that stops nothing, in words. */
  warning: (message: string) => void
  end: (summary: UploadSummary) => void
}

export interface FileStart {
  readonly entry: FileEntry
  readonly size: number
  readonly contentType: string
  /** From 1. */
  readonly attempt: number
}

export interface FileRetry {
  readonly entry: FileEntry
  /** The attempt that failed, from 1. */
  readonly attempt: number
  readonly delayMs: number
  readonly error: UploadError
}

/**
 * An upload under way. Await it for the summary, iterate it for the results, or both.
 * Mind that an async function that returns it awaits it.
 */
export interface Upload extends PromiseLike<UploadSummary>, AsyncIterable<FileResult> {
  on<Name extends keyof UploadEvents>(event: Name, listener: UploadEvents[Name]): this
  /** Gives up what is in flight; the upload rejects with `ABORTED`. */
  abort(reason?: unknown): void
}

/**
 * Sends every image of a folder to a server, one multipart POST a file.
 *
 * It starts on the next tick. Awaiting gives the summary, also when files failed; it rejects only with a `TypeError` or
 * `RangeError` for wrong options, and with an `UploadError`: `FOLDER_UNUSABLE`, `LIST_FAILED`, `JOURNAL_LOCKED`,
 * `JOURNAL_INVALID`, or `ABORTED` with the summary so far. Iterating gives each result as it finishes; a slow reader
 * slows the upload, and leaving the loop aborts it.
 *
 * @param folder path of a folder, or a source of your own
 *
 * @example
 * ```ts
 * import { uploadFolder } from 'ruddle/upload'
 *
 * const upload = uploadFolder('photos', { url: 'http://localhost:4001' })
 * for await (const { relativePath, status, response } of upload) {
 *   console.log(relativePath, status, response?.body)
 * }
 * const { failed } = await upload
 * failed // => 0
 * ```
 */
export function uploadFolder(folder: string | URL | FileSource, options: UploadOptions): Upload {
  const events = new EventEmitter<UploadEvents>()
  const stop = new AbortController()
  const results = resultStream()
  stop.signal.addEventListener('abort', () => results.letGo())
  const finished = Promise.resolve().then(() => {
    const settings = readOptions(options)
    const local = typeof folder === 'string' || folder instanceof URL
    const root = local ? usableFolder(folder) : ''
    const source = local ? localFolder(root, settings) : folder
    if (typeof source?.list !== 'function') throw new TypeError('Expected a path, a file URL or a source of files')
    return uploadAll({ source, root, settings, events, stop, results })
  })
  finished.then(() => results.end(), results.end)
  return {
    // biome-ignore lint/suspicious/noThenProperty: awaiting an upload gives its summary
    then: (onSummary, onError) => finished.then(onSummary, onError),
    [Symbol.asyncIterator]() {
      // the iterator reports the error: nobody has to await as well
      finished.catch(() => {})
      return results.read(() => stop.abort(new Error('The loop over the results was left')))
    },
    on(event, listener) {
      // eventemitter3 cannot follow a listener's type through a generic name
      events.on(event, listener as never)
      return this
    },
    abort: (reason) => stop.abort(reason),
  }
}

/**
 * Sends one file. A file that cannot be sent is a result, not a rejection.
 *
 * @param file its path, or an entry with path and name
 *
 * @example
 * ```ts
 * import { uploadFile } from 'ruddle/upload'
 *
 * const { status, contentType } = await uploadFile('photos/tomatoes.jpg', { url: 'http://localhost:4001' })
 * status // => 'uploaded'
 * contentType // => 'image/jpeg'
 * ```
 */
export async function uploadFile(file: string | FileEntry, options: UploadOptions): Promise<FileResult> {
  const settings = readOptions(options)
  const entry = typeof file === 'string' ? localFile(file) : file
  const { open } = localFolder('.', settings)
  const source: FileSource = {
    async *list() {
      yield entry
    },
    open,
  }
  const only: FileResult[] = []
  const events = new EventEmitter<UploadEvents>().on('result', (result) => only.push(result))
  await uploadAll({
    source,
    root: typeof file === 'string' ? dirname(file) : '',
    settings,
    events,
    stop: new AbortController(),
    results: resultStream(),
  })
  const [result] = only
  if (!result) throw new UploadError('ABORTED', 'The upload was aborted', { phase: 'stopped' })
  return result
}
