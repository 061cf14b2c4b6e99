import { once } from 'node:events'
import { Presets, SingleBar } from 'cli-progress'
import type { FileResult, Upload, UploadProgress, UploadSummary } from '../upload/index.ts'
import { colorsFor } from './colors.ts'

export type Progress = 'auto' | 'bar' | 'plain' | 'none'

/** What the command shows: results and the summary on stdout, progress and failures on stderr. */
export interface UploadDisplay {
  watch(upload: Upload): void
  result(result: FileResult): Promise<void>
  summary(summary: UploadSummary): Promise<void>
  error(error: unknown): void
}

export interface DisplayOptions {
  readonly progress: Progress
  readonly json?: boolean
  readonly quiet?: boolean
  readonly verbose?: boolean
}

const PLAIN_EVERY_MS = 5_000

export function uploadDisplay({ progress, json, quiet, verbose }: DisplayOptions): UploadDisplay {
  const how = progress !== 'auto' ? progress : quiet ? 'none' : process.stderr.isTTY ? 'bar' : 'plain'
  const bar = how === 'bar' ? newBar() : undefined

  async function print(line: string): Promise<void> {
    // waiting for a slow reader slows the upload instead of filling the memory
    if (!process.stdout.write(`${line}\n`) && process.stdout.writable) await once(process.stdout, 'drain')
  }

  function warn(line: string): void {
    bar?.stop()
    process.stderr.write(`${line}\n`)
  }

  return {
    watch(upload) {
      if (bar) watchWithBar(upload, bar)
      if (how === 'plain') watchPlainly(upload)
      if (!quiet)
        upload.on('warning', (message) =>
          process.stderr.write(`${colorsFor(process.stderr).yellow('warning')} ${printable(message)}\n`),
        )
      if (verbose) {
        upload.on('retry', ({ entry, attempt, delayMs, error }) => {
          const wait = `again in ${Math.round(delayMs)} ms`
          process.stderr.write(
            `${colorsFor(process.stderr).yellow('retry')} ${printable(entry.relativePath)} (${attempt}): ${printable(error.message)}, ${wait}\n`,
          )
        })
      }
    },
    async result(result) {
      if (json) return await print(JSON.stringify(result))
      const { relativePath, status, reason, error, size } = result
      const name = printable(relativePath)
      // what was not even tried would be thousands of equal lines; the summary counts it
      if (error?.phase === 'stopped' && !verbose) return
      if (status === 'failed')
        process.stderr.write(
          `${colorsFor(process.stderr).red('failed')} ${name}: ${error?.code} ${printable(error?.message ?? '')}\n`,
        )
      else if (reason === 'dry-run') await print(`would upload ${name} (${size} bytes)`)
      else if (verbose) await print(`${status} ${name}${reason ? ` (${reason})` : ''}`)
    },
    async summary(summary) {
      bar?.stop()
      if (json) await print(JSON.stringify({ summary }))
      else if (!quiet) await print(inWords(summary))
    },
    error(error) {
      warn(
        `${colorsFor(process.stderr).red('error')} ${printable(error instanceof Error ? error.message : String(error))}`,
      )
    },
  }
}

function newBar(): SingleBar {
  const format = '{bar} {value}/{total} files, {size}, {rate}/s, {eta_formatted} left'
  return new SingleBar(
    { format, stream: process.stderr, hideCursor: true, gracefulExit: false },
    Presets.shades_classic,
  )
}

function watchWithBar(upload: Upload, bar: SingleBar): void {
  let started = false
  upload.on('plan', ({ files }) => {
    if (started) bar.setTotal(files)
    else bar.start(files, 0, { size: '0 B', rate: '0 B' })
    started = true
  })
  upload.on('progress', (progress) => {
    if (started) bar.update(filesOf(progress), shown(progress))
  })
}

function watchPlainly(upload: Upload): void {
  let next = PLAIN_EVERY_MS
  upload.on('progress', (progress) => {
    if (progress.durationMs < next) return
    next = progress.durationMs + PLAIN_EVERY_MS
    const { size, rate } = shown(progress)
    process.stderr.write(`${filesOf(progress)} files, ${size}, ${rate}/s\n`)
  })
}

function filesOf({ uploaded, failed, skipped }: UploadProgress): number {
  return uploaded + failed + skipped
}

function shown({ bytes, durationMs }: UploadProgress): { size: string; rate: string } {
  return { size: inUnits(bytes), rate: inUnits(durationMs > 0 ? (bytes * 1000) / durationMs : 0) }
}

function inWords({ uploaded, failed, skipped, bytes, durationMs, bytesPerSecond, byReason }: UploadSummary): string {
  const reasons = Object.entries(byReason).map(([reason, count]) => `${count} ${reason}`)
  const time = `${inUnits(bytes)} in ${(durationMs / 1000).toFixed(1)} s, ${inUnits(bytesPerSecond)}/s`
  return `${uploaded} uploaded, ${failed} failed, ${skipped} skipped${reasons.length > 0 ? ` (${reasons.join(', ')})` : ''}; ${time}`
}

function inUnits(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB']
  const unit = Math.min(units.length - 1, bytes < 1 ? 0 : Math.floor(Math.log10(bytes) / 3))
  return `${(bytes / 1000 ** unit).toFixed(unit === 0 ? 0 : 1)} ${units[unit]}`
}

/** A file name or an answer may hold what a terminal takes for commands. */
function printable(text: string): string {
  return text.replace(/\p{Cc}/gu, (char) => `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`)
}
