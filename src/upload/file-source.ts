/**
 * Files are read in chunks of so many bytes, small ones in one. In chunks of 128 KiB 600 MB took 1.17 times as long.
 */
export const CHUNK_BYTES: number = 512 * 1024

/** Where the files come from: a folder on disk, or a source of your own, which needs these two methods. */
export interface FileSource {
  /** The files, found while it is asked for them; it may be endless. Throw only if nothing at all can be listed. */
  list(signal: AbortSignal): AsyncIterable<FileEntry>
  /** Opens a listed file, once for every attempt. */
  open(entry: FileEntry): OpenFile | Promise<OpenFile>
}

/** A file that was found, not yet opened. */
export interface FileEntry {
  readonly path: string
  /** Path below the folder, with `/`; its last part is the file name that is sent. */
  readonly relativePath: string
  /** The exact bytes of `path` where they are not UTF-8. */
  readonly rawPath?: Uint8Array
  /** Listed only to be reported: it will be skipped without being opened. */
  readonly skip?: SkipReason
  /** Listed only to be reported: reading a directory failed with this. */
  readonly error?: Error
}

/** Why a file was left out. None of these is an error. */
export type SkipReason =
  | 'dry-run'
  | 'empty'
  | 'not-an-image'
  | 'not-a-file'
  | 'symlink'
  | 'duplicate'
  | 'too-large'
  | 'journal'

/** An open file. Methods may answer at once or later: a promise costs more than a cached read. */
export interface OpenFile {
  /** Bytes. */
  readonly size: number
  /** Milliseconds since the epoch. */
  readonly modifiedMs: number
  /** Whether it is a regular file. */
  readonly regular: boolean
  /** Reads at most `length` bytes from `position` into the start of `buffer`; 0 at the end of the file. */
  read(buffer: Uint8Array, length: number, position: number): number | Promise<number>
  /** Whether the file is still the one that was opened, with the same size and time. */
  unchanged(): boolean | Promise<boolean>
  close(): void | Promise<void>
}
