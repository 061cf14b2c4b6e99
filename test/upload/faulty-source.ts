import type { FileEntry, FileSource, OpenFile } from '../../src/upload/index.ts'

/** What goes wrong with a file, by the attempt, from 1. */
export interface FileFault {
  /** Instead of opening. */
  open?(attempt: number): void
  /** Instead of reading `length` bytes from `position`. */
  read?(
    attempt: number,
    real: () => number | Promise<number>,
    length: number,
    position: number,
  ): number | Promise<number>
  unchanged?(attempt: number): boolean
}

/** Files in memory, some of which misbehave. */
export function faultySource(files: Record<string, Uint8Array>, faults: Record<string, FileFault> = {}): FileSource {
  const attempts = new Map<string, number>()
  return {
    async *list() {
      for (const name of Object.keys(files)) yield { path: `/memory/${name}`, relativePath: name }
    },
    open({ relativePath }: FileEntry): OpenFile {
      const bytes = files[relativePath] ?? new Uint8Array()
      const fault = faults[relativePath] ?? {}
      const attempt = (attempts.get(relativePath) ?? 0) + 1
      attempts.set(relativePath, attempt)
      fault.open?.(attempt)
      const readFrom = (buffer: Uint8Array, length: number, position: number): number => {
        const part = bytes.subarray(position, position + length)
        buffer.set(part)
        return part.length
      }
      return {
        size: bytes.length,
        modifiedMs: 1,
        regular: true,
        read: (buffer, length, position) => {
          const real = (): number => readFrom(buffer, length, position)
          return fault.read ? fault.read(attempt, real, length, position) : real()
        },
        unchanged: () => fault.unchanged?.(attempt) ?? true,
        close() {},
      }
    },
  }
}

export function systemError(code: string): Error {
  return Object.assign(new Error(`${code}: of the test`), { code })
}
