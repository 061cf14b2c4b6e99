import { randomUUID } from 'node:crypto'
import { setMaxListeners } from 'node:events'
import { realpathSync } from 'node:fs'
import type { EventEmitter } from 'eventemitter3'
import { credentials } from './credentials.ts'
import { UploadError } from './errors.ts'
import { laneBuffer } from './file-body.ts'
import type { FileSource } from './file-source.ts'
import { openJournal } from './journal.ts'
import { limits } from './limits.ts'
import { framer } from './multipart.ts'
import type { Settings } from './options.ts'
import { meter } from './progress.ts'
import { type FileResult, tally, type UploadSummary } from './result.ts'
import type { ResultStream } from './result-stream.ts'
import { type Run, sendFile } from './send-file.ts'
import { socketTransport } from './socket-transport.ts'
import type { UploadEvents } from './upload-folder.ts'

interface Work {
  readonly source: FileSource
  /** The folder, empty if the files come from elsewhere. */
  readonly root: string
  readonly settings: Settings
  readonly events: EventEmitter<UploadEvents>
  readonly stop: AbortController
  readonly results: ResultStream
}

/** Sends all files of a source, `concurrency` lanes at a time. Each lane takes the next file as soon as it is free. */
export async function uploadAll({ source, root, settings, events, stop, results }: Work): Promise<UploadSummary> {
  const { signal } = stop
  const { url, field, dryRun } = settings
  const journal =
    settings.journal === undefined
      ? undefined
      : openJournal(
          settings.journal,
          { url: url.origin + url.pathname, root: root && realpathSync(root), field },
          { readOnly: dryRun },
        )
  // every request in flight listens
  setMaxListeners(0, signal)
  const onAbort = (): void => stop.abort(settings.signal?.reason)
  if (settings.signal?.aborted) onAbort()
  else settings.signal?.addEventListener('abort', onAbort)

  const started = performance.now()
  const counts = tally()
  const progress = meter((state) => emit('progress', state))
  const transport = settings.transport ?? socketTransport()
  const run: Run = {
    id: journal?.runId ?? randomUUID(),
    settings,
    source,
    transport,
    frame: framer(field),
    credentials: credentials(settings),
    limits: limits(settings, (message) => emit('warning', message)),
    journal,
    signal,
    onStart: (start) => emit('start', start),
    onSent: progress.sent,
    onRetry: (retry) => emit('retry', retry),
  }
  const entries = source.list(signal)[Symbol.asyncIterator]()
  let failure: unknown

  function emit<Name extends keyof UploadEvents>(name: Name, ...values: Parameters<UploadEvents[Name]>): void {
    try {
      // eventemitter3 cannot follow the type through a generic name
      events.emit(name, ...(values as never))
    } catch (error) {
      // a listener's mistake is its own: it must neither end the upload nor go unseen
      process.nextTick(() => {
        throw error
      })
    }
  }

  async function lane(): Promise<void> {
    let buffer: Buffer | undefined
    while (!signal.aborted && failure === undefined) {
      const { done, value } = await entries.next().catch(failListing)
      if (done) return
      buffer ??= laneBuffer()
      const result = await sendFile(value, run, buffer)
      report(result)
      await results.add(result)
    }
  }

  function report(result: FileResult): void {
    counts.add(result)
    progress.finished(result)
    emit('result', result)
  }

  async function plan(): Promise<void> {
    let files = 0
    for await (const _ of source.list(signal)) {
      files++
      if (files % 1000 === 0) emit('plan', { files, complete: false })
    }
    emit('plan', { files, complete: true })
  }

  try {
    if (journal && journal.tornBytes > 0) {
      emit('warning', `The last line of the journal was torn: ${journal.tornBytes} bytes were cut off`)
    }
    // what keeps the plan from being made keeps the upload from going on, and is reported there
    if (events.listenerCount('plan') > 0) plan().catch(() => {})
    const fail = (error: unknown): void => {
      failure ??= error
    }
    await Promise.all(Array.from({ length: settings.concurrency }, () => lane().catch(fail)))
    if (failure !== undefined) throw failure
    progress.end()
    const summary = counts.summary(performance.now() - started)
    if (signal.aborted) {
      throw new UploadError('ABORTED', 'The upload was aborted', { cause: signal.reason, phase: 'stopped', summary })
    }
    emit('end', summary)
    return summary
  } finally {
    settings.signal?.removeEventListener('abort', onAbort)
    await entries.return?.()
    journal?.close()
    if (!settings.transport) await transport.close()
  }
}

function failListing(error: unknown): never {
  if (error instanceof UploadError) throw error
  const message = error instanceof Error ? error.message : String(error)
  throw new UploadError('LIST_FAILED', `Listing the files failed: ${message}`, { cause: error, phase: 'list' })
}
