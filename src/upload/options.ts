import type { FileEntry } from './file-source.ts'
import type { RetryOptions, RetryRules } from './retry.ts'
import type { Timeouts, Transport } from './transport.ts'

/** Header fields by name. */
export type HeaderFields = Readonly<Record<string, string>>

export interface UploadOptions {
  /** Where to; a URL without a path means `/images`. A user name and password in it are sent as basic authorisation. */
  readonly url: string | URL
  /** Name of the form field that carries the file. @default 'image' */
  readonly field?: string | undefined
  /** Other form fields of a file; they are written before it, so that the receiver knows them when the file begins. */
  readonly fields?: ((entry: FileEntry) => Readonly<Record<string, string | number>>) | undefined
  /** Header fields to send along. A function is asked at the start, and once more for a file that got a 401. */
  readonly headers?: HeaderFields | (() => HeaderFields | Promise<HeaderFields>) | undefined
  /** How many files are sent at the same time. From 1 to 256. @default 8 */
  readonly concurrency?: number | undefined
  /** Whether folders below the folder are read. @default true */
  readonly recursive?: boolean | undefined
  /** Only files that match one of these globs; a glob without `/` is matched against the name alone. */
  readonly include?: string | readonly string[] | undefined
  /** No files, and no folders, that match one of these. */
  readonly exclude?: string | readonly string[] | undefined
  /** Whether names that begin with a dot count. @default false */
  readonly hidden?: boolean | undefined
  /** Whether symbolic links are followed; each real file is sent once. @default false */
  readonly followSymlinks?: boolean | undefined
  /** Whether files that do not begin like an image are skipped; if not, they go as `application/octet-stream`. @default true */
  readonly sniff?: boolean | undefined
  /** Whether SVG counts as an image. @default false */
  readonly svg?: boolean | undefined
  /** Bytes; larger files are skipped. */
  readonly maxFileBytes?: number | undefined
  /** How failures are retried; `false` for not at all. */
  readonly retry?: RetryOptions | false | undefined
  /** Milliseconds; see `Timeouts`. @default { connectMs: 10_000, stallMs: 30_000, headersMs: 60_000 } */
  readonly timeouts?: Partial<Timeouts> | undefined
  /** Aborting it gives up what is in flight and rejects with `ABORTED`. */
  readonly signal?: AbortSignal | undefined
  /** A file that remembers what was sent, so that the same call after a crash goes on where it was. */
  readonly journal?: string | undefined
  /** Name of the header field with the idempotency key; `false` sends none. @default 'Idempotency-Key' */
  readonly idempotencyHeader?: string | false | undefined
  /** After so many failed files the rest is not tried. From 1. */
  readonly maxErrors?: number | undefined
  /** Whether files are only looked at: those that would be sent are skipped as `dry-run`. @default false */
  readonly dryRun?: boolean | undefined
  /** What carries the requests; whoever makes it closes it. @default socketTransport() */
  readonly transport?: Transport | undefined
  /** The clock and the timer of the waits between attempts, for tests. */
  readonly clock?: Clock | undefined
}

export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number
  /** Resolves after so many milliseconds, rejects when the signal aborts. */
  sleep(ms: number, signal: AbortSignal): Promise<void>
}

/** The options with their defaults, checked. */
export interface Settings {
  readonly url: URL
  readonly field: string
  readonly fields: ((entry: FileEntry) => Readonly<Record<string, string | number>>) | undefined
  readonly headers: () => HeaderFields | Promise<HeaderFields>
  readonly headersChange: boolean
  readonly concurrency: number
  readonly recursive: boolean
  readonly include: readonly string[]
  readonly exclude: readonly string[]
  readonly hidden: boolean
  readonly followSymlinks: boolean
  readonly sniff: boolean
  readonly svg: boolean
  readonly maxFileBytes: number
  readonly retry: RetryRules
  readonly timeouts: Timeouts
  readonly signal: AbortSignal | undefined
  readonly journal: string | undefined
  readonly idempotencyHeader: string | false
  readonly maxErrors: number
  readonly dryRun: boolean
  readonly transport: Transport | undefined
  readonly clock: Clock
}
