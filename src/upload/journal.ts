import type { FileEntry, OpenFile } from './file-source.ts'

/** What was sent, kept on disk. */
export interface Journal {
  readonly runId: string
  isDone(key: string): boolean
  begun(key: string, entry: FileEntry, file: OpenFile): void
  done(key: string, status: number): void
  failed(key: string, code: string): void
  close(): void
}
